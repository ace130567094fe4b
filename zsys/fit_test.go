package zsys_test

import (
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// TestConstantsFit uses constants with the fields that they are made for: that it
// compiles is the test.
func TestConstantsFit(t *testing.T) {
	_ = zsys.Umutex{Owner: zsys.UMUTEX_CONTESTED, Flags: zsys.UMUTEX_PRIO_PROTECT}
	_ = zsys.Urwlock{State: zsys.URWLOCK_WRITE_OWNER | zsys.URWLOCK_WRITE_WAITERS, Flags: zsys.URWLOCK_PREFER_READER}
	_ = zsys.Usem2{Count: zsys.USEM_HAS_WAITERS}
	_ = zsys.Ucond{Clockid: zsys.CLOCK_MONOTONIC, HasWaiters: 1}
	_ = zsys.UmtxTime{Flags: zsys.UMTX_ABSTIME, Clockid: zsys.CLOCK_REALTIME}
	if k := (zsys.KinfoFile{Fd: zsys.KF_FD_TYPE_CWD}); k.Fd != zsys.KF_FD_TYPE_CWD || zsys.KfFdType(k.Fd).String() != "KF_FD_TYPE_CWD" {
		t.Errorf("Fd is %v", zsys.KfFdType(k.Fd))
	}
}

// TestOlderName prefers the name that a value has had for longer.
func TestOlderName(t *testing.T) {
	if got := zsys.Clock(zsys.CLOCK_BOOTTIME).String(); got != "CLOCK_MONOTONIC" {
		t.Errorf("clock 4 is %s", got)
	}
	if got := zsys.Clock(99).String(); got != "Clock(99)" {
		t.Errorf("clock 99 is %s", got)
	}
}
