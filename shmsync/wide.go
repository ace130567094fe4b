//go:build (freebsd || linux) && !mips && !mipsle && (!arm || arm.7)

package shmsync

// wide reports whether sync/atomic changes words of 64 bits so that other processes
// see it as one step.
func wide() bool { return true }
