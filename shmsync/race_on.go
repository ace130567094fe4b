//go:build race && (freebsd || linux)

package shmsync

import (
	"runtime"
	"unsafe"
)

// The race detector knows the memory of Go, and ignores what happens in other
// mappings. So each word has a stand-in, chosen by its place in its page, which is
// the same in all mappings of one memory.
var standIns [4096 / 4]uint32

func standIn(word *uint32) unsafe.Pointer {
	return unsafe.Pointer(&standIns[uintptr(unsafe.Pointer(word))%4096/4])
}

// acquire orders what follows after the releases of word.
func acquire(word *uint32) { runtime.RaceAcquire(standIn(word)) }

// release orders what came before it before the acquires of word.
func release(word *uint32) { runtime.RaceReleaseMerge(standIn(word)) }
