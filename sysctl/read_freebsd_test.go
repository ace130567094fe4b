package sysctl

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys/zsys"
)

func TestReads(t *testing.T) {
	if s, err := String("kern.ostype"); s != "FreeBSD" || err != nil {
		t.Errorf("kern.ostype = %q, %v", s, err)
	}
	if s, err := (MIB{zsys.CTL_KERN, zsys.KERN_OSTYPE}).Text(); s != "FreeBSD" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	rel, err := unix.SysctlUint32("kern.osreldate")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := Int64("kern.osreldate"); n != int64(rel) || err != nil {
		t.Errorf("kern.osreldate = %d, %v; want %d", n, err, rel)
	}
	if n, err := Uint64("hw.pagesize"); n != uint64(os.Getpagesize()) || err != nil {
		t.Errorf("hw.pagesize = %d, %v", n, err)
	}
	if n, err := Uint64("hw.ncpu"); n < uint64(1) || n < uint64(runtime.NumCPU()) || err != nil {
		t.Errorf("hw.ncpu = %d, %v", n, err)
	}
	var boot zsys.Timeval
	if err := Read("kern.boottime", &boot); err != nil || time.Since(time.Unix(int64(boot.Sec), 0)) < 0 {
		t.Errorf("kern.boottime = %+v, %v", boot, err)
	}
	if b, err := Raw("kern.ostype"); string(b) != "FreeBSD\x00" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}

func TestRefusals(t *testing.T) {
	var small int16
	var pointer *int
	for _, tt := range []struct {
		err   error
		errno syscall.Errno
		text  string
	}{
		{second(Lookup("")), syscall.EINVAL, "sysctl: invalid argument (the name is empty)"},
		{second(Lookup("kern.no.such")), syscall.ENOENT, "sysctl kern.no.such: no such file or directory"},
		{second(Uint64("kern.ostype")), syscall.EINVAL, "sysctl kern.ostype: invalid argument (the value is a string, not an integer)"},
		{second(String("kern.osreldate")), syscall.EINVAL, "not a string"},
		{second(Raw("kern")), syscall.EISDIR, "sysctl kern: is a directory"},
		{Read("kern.boottime", &small), syscall.EINVAL, "bytes, the structure 2)"},
		{Read("kern.boottime", &pointer), syscall.EINVAL, "holds more than numbers"},
		{second(MIB{}.Append(nil)), syscall.EINVAL, "sysctl: invalid argument"},
		{second(make(MIB, 30).Append(nil)), syscall.EINVAL, "invalid argument"},
	} {
		if !errors.Is(tt.err, tt.errno) || !strings.Contains(tt.err.Error(), tt.text) {
			t.Errorf("%v, want %s", tt.err, tt.text)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestWalk(t *testing.T) {
	values, seen := 0, map[string]bool{}
	for n, err := range Walk("kern.ipc") {
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(n.Name, "kern.ipc.") || seen[n.Name] {
			t.Errorf("%s is not below kern.ipc, or comes twice", n.Name)
		}
		seen[n.Name] = true
		values++
		if m, err := Lookup(n.Name); err != nil || m.String() != n.MIB.String() {
			t.Errorf("%s has numbers %v and %v, %v", n.Name, n.MIB, m, err)
		}
	}
	if !seen["kern.ipc.maxsockbuf"] || values < 10 {
		t.Errorf("%d values below kern.ipc", values)
	}
	if d, err := seenDescription("kern.ostype"); d == "" || err != nil {
		t.Errorf("description %q, %v", d, err)
	}
	one := 0
	for n, err := range Walk("kern.ostype") {
		if one++; err != nil || n.Name != "kern.ostype" || n.Kind != KindString {
			t.Errorf("%+v, %v", n, err)
		}
	}
	all := 0
	for _, err := range Walk("") {
		if err != nil {
			t.Fatal(err)
		}
		all++
	}
	if one != 1 || all < 500 {
		t.Errorf("%d values of one name, %d of all", one, all)
	}
	for _, err := range Walk("no.such") {
		if !errors.Is(err, syscall.ENOENT) {
			t.Error(err)
		}
	}
}

func seenDescription(name string) (string, error) {
	m, err := Lookup(name)
	if err != nil {
		return "", err
	}
	return m.Description()
}
