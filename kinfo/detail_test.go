package kinfo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

func TestTrampoline(t *testing.T) {
	wide, narrow := make([]byte, 48), make([]byte, 24)
	wide[1], wide[9], narrow[1], narrow[5] = 1, 2, 1, 2
	for _, b := range [][]byte{wide, narrow} {
		if r, err := decodeRange(b); err != nil || r != (Range{0x100, 0x200}) {
			t.Errorf("%d bytes: %+v, %v", len(b), r, err)
		}
	}
	if _, err := decodeRange(wide[:47]); !isCorrupt(err) {
		t.Errorf("47 bytes: %v", err)
	}
}

func isCorrupt(err error) bool {
	var c *CorruptError
	return errors.As(err, &c)
}

func TestNumbers32(t *testing.T) {
	list, err := numbers32([]byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff})
	if got := fmt.Sprint(list, err); got != "[1 4294967295] <nil>" {
		t.Error(got)
	}
	if _, err := numbers32(make([]byte, 5)); !isCorrupt(err) {
		t.Errorf("5 bytes: %v", err)
	}
	if err := wrongSize("umask", 4, 2); !isCorrupt(err) || !strings.Contains(err.Error(), "the length is not 2") {
		t.Error(err)
	}
}

func TestStacksOfEveryPort(t *testing.T) {
	for _, release := range releases {
		for _, port := range ports {
			r := newRecord(t, release, port, "kinfo_kstack")
			r.put("kkst_tid", 4, 100123)
			r.put("kkst_state", 4, zsys.KKST_STATE_STACKOK)
			r.text("kkst_trace", "mi_switch+0xbe\nsleepq_switch+0x107\n")
			list, err := DecodeStacks(append(bytes.Clone(r.mem), r.mem...))
			if err != nil || len(list) != 2 || list[1] != (Stack{100123, zsys.KKST_STATE_STACKOK, "mi_switch+0xbe\nsleepq_switch+0x107\n"}) {
				t.Errorf("%s, %s: %+v, %v", release, port, list, err)
			}
			if _, err := DecodeStacks(r.mem[:100]); !isCorrupt(err) {
				t.Errorf("100 bytes: %v", err)
			}
		}
	}
}

// Numbers below zero, which some tables take for the caller, and numbers that the
// kernel has no room for, select a process that there is not.
func TestSelections(t *testing.T) {
	for _, s := range []Selection{ByPid(-1), ByGroup(-1), BySession(-7)} {
		if s.arg != 1<<31-1 {
			t.Errorf("%+v", s)
		}
	}
	seen := map[Selection]bool{}
	for _, s := range []Selection{All(), ByPid(1), ByGroup(1), BySession(1), ByTTY(1), ByUid(1), ByRuid(1), ByGid(1), ByRgid(1)} {
		if seen[s] {
			t.Errorf("%+v selects as another does", s)
		}
		seen[s] = true
	}
	if ByUid(1<<32-1).arg != -1 || ByTTY(1<<40|7).arg != 7 {
		t.Error("users and terminals keep their 32 bits")
	}
}

func TestSocketTableNames(t *testing.T) {
	for which := TCPSockets; which <= UnixSeqpackets; which++ {
		if !strings.HasSuffix(which.String(), ".pcblist") {
			t.Errorf("%d: %v", int(which), which)
		}
	}
	if got := SocketTable(99).String(); got != "SocketTable(99)" {
		t.Error(got)
	}
}

func TestSignalSet(t *testing.T) {
	s := SignalSet{1, 2, 0, 1 << 31}
	for n, want := range map[int]bool{1: true, 2: false, 34: true, 128: true, 0: false, -1: false, 129: false} {
		if s.Has(n) != want {
			t.Errorf("signal %d: %v", n, s.Has(n))
		}
	}
}
