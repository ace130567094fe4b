//go:build linux && (mips || mipsle)

package shmsync

// wide reports false: sync/atomic changes words of 64 bits under a lock of its own
// process, and others would not see it as one step.
func wide() bool { return false }
