//go:build (freebsd || linux) && !arm.7

package shmsync

import "golang.org/x/sys/cpu"

// wide reports whether sync/atomic changes words of 64 bits so that other processes
// see it as one step. For GOARM of 5 and 6 it does if the processor has LPAE, and else
// under a lock of its own process.
func wide() bool { return cpu.ARM.HasLPAE }
