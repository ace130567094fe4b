package recording

import (
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// plainOps are the operations that work on a word, and on nothing behind it.
var plainOps = map[zsys.UmtxOp]bool{
	zsys.UMTX_OP_WAIT: true, zsys.UMTX_OP_WAKE: true, zsys.UMTX_OP_MUTEX_TRYLOCK: true, zsys.UMTX_OP_MUTEX_LOCK: true,
	zsys.UMTX_OP_MUTEX_UNLOCK: true, zsys.UMTX_OP_CV_SIGNAL: true, zsys.UMTX_OP_CV_BROADCAST: true, zsys.UMTX_OP_WAIT_UINT: true,
	zsys.UMTX_OP_RW_RDLOCK: true, zsys.UMTX_OP_RW_WRLOCK: true, zsys.UMTX_OP_RW_UNLOCK: true, zsys.UMTX_OP_WAIT_UINT_PRIVATE: true,
	zsys.UMTX_OP_WAKE_PRIVATE: true, zsys.UMTX_OP_MUTEX_WAIT: true, zsys.UMTX_OP_MUTEX_WAKE2: true, zsys.UMTX_OP_SEM2_WAIT: true,
	zsys.UMTX_OP_SEM2_WAKE: true,
}

// How long the recorded calls waited.
const (
	limit     = 20 * time.Millisecond
	umtxLimit = 20_000_000 // in ns
)

func umtxCall(a *[64]uint32, op zsys.UmtxOp, val uint32, size uintptr, timeout *zsys.UmtxTime) (n int, err error) {
	_, _, e := syscall.Syscall6(zsys.SYS__UMTX_OP, uintptr(unsafe.Pointer(a)), uintptr(op), uintptr(val), size, uintptr(unsafe.Pointer(timeout)), 0)
	if e != 0 {
		return -1, e
	}
	return 0, nil
}

func replayUmtx(_ *testing.T, c object) {
	var size uintptr
	var timeout *zsys.UmtxTime
	if c["timeout"] == true {
		timeout = &zsys.UmtxTime{Clockid: zsys.CLOCK_MONOTONIC}
		timeout.Timeout.Nsec = umtxLimit
		size = unsafe.Sizeof(*timeout)
	}
	a := new([64]uint32)
	c.timed(func() (int, error) {
		*a = [64]uint32{uint32(c.int("word0"))}
		return umtxCall(a, zsys.UmtxOp(c.int("op")), uint32(c.int("val")), size, timeout)
	})
	c["word0_after"], c["word1_after"] = a[0], a[1]
}

// timed sets what came of a call, and whether it waited. One that did not, and seems
// to have on a slow machine, is made again.
func (c object) timed(call func() (int, error)) {
	recorded := c["waited"]
	for range 3 {
		start := time.Now()
		n, err := call()
		c["n"], c["errno"], c["waited"] = n, errno(err), time.Since(start) >= limit
		if c["waited"] == recorded {
			return
		}
	}
}

func replayTimeout(t *testing.T, c object) {
	timeout := &zsys.UmtxTime{Clockid: zsys.CLOCK_MONOTONIC}
	timeout.Timeout.Nsec = umtxLimit
	size := unsafe.Sizeof(*timeout)
	word := new([64]uint32)
	switch c.text("case") {
	case "umtx_time monotonic":
	case "timespec only":
		size = unsafe.Sizeof(timeout.Timeout)
	case "umtx_time realtime":
		timeout.Clockid = zsys.CLOCK_REALTIME
	case "abs in the past":
		timeout.Flags, timeout.Timeout.Nsec = zsys.UMTX_ABSTIME, 1
	case "bad clock": // it waits until it is woken
		timeout.Clockid = 99
		woken := time.AfterFunc(20*limit, func() { umtxCall(word, zsys.UMTX_OP_WAKE, 1, 0, nil) })
		defer woken.Stop()
	case "size 1":
		size = 1
	case "huge size":
		size = 4096
	case "bad flags":
		timeout.Flags = 0x80
	case "nsec -1":
		timeout.Timeout.Nsec = -1
	case "nsec 1000000000":
		timeout.Timeout.Nsec = 1e9
	default:
		t.Fatalf("what is %q?", c.text("case"))
	}
	c.timed(func() (int, error) { return umtxCall(word, zsys.UMTX_OP_WAIT_UINT, 0, size, timeout) })
	if _, ok := c["until_woken"]; ok {
		c["until_woken"] = c["errno"] == 0
	}
}
