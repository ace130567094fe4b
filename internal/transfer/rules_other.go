//go:build !unix

package transfer

// CallRules is empty where all calls go through io's interfaces: they wait and
// retry by themselves, and what they return is the caller's.
var CallRules []Rule

// unaligned: no such files are known here.
func unaligned(error) bool { return false }
