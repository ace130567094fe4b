package capsicum

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/umtx"
	"github.com/rawsys-go/rawsys/zsys"
)

// someFile is an open file with a few bytes in it.
func someFile(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteString("some bytes"); err != nil {
		t.Fatal(err)
	}
	return f
}

// The same words as x/sys/unix makes of the same rights, and the same answers.
func TestRightsAgreeWithXSys(t *testing.T) {
	pool := []uint64{
		zsys.CAP_READ, zsys.CAP_WRITE, zsys.CAP_SEEK, zsys.CAP_PREAD, zsys.CAP_MMAP_RWX, zsys.CAP_FSTAT, zsys.CAP_LOOKUP,
		zsys.CAP_MKDIRAT, zsys.CAP_SOCK_SERVER, zsys.CAP_EVENT, zsys.CAP_KQUEUE, zsys.CAP_IOCTL, zsys.CAP_PDKILL, zsys.CAP_ACL_SET,
	}
	rng := rand.New(rand.NewPCG(3, 4))
	pick := func() []uint64 {
		var some []uint64
		for range rng.IntN(5) {
			some = append(some, pool[rng.IntN(len(pool))])
		}
		return some
	}
	for range 500 {
		in, out, ask := pick(), pick(), pick()
		ours := MustRights(in...)
		theirs, err := unix.CapRightsInit(in)
		if err != nil {
			t.Fatal(err)
		}
		if ours, err = ours.Clear(out...); err != nil {
			t.Fatal(err)
		}
		if err := unix.CapRightsClear(theirs, out); err != nil {
			t.Fatal(err)
		}
		if ours.Raw().Rights != theirs.Rights {
			t.Errorf("%#x less %#x: %#x, x/sys %#x", in, out, ours.Raw().Rights, theirs.Rights)
		}
		has, err := ours.Has(ask...)
		want, theirErr := unix.CapRightsIsSet(theirs, ask)
		if has != want || err != nil || theirErr != nil {
			t.Errorf("%v has %#x: %v %v, x/sys %v %v", ours, ask, has, err, want, theirErr)
		}
	}
	mixed := uint64(zsys.CAP_READ) | 1<<62
	_, err := NewRights(mixed)
	if _, theirErr := unix.CapRightsInit([]uint64{mixed}); err == nil || theirErr == nil {
		t.Errorf("version 1: %v, x/sys %v", err, theirErr)
	}
}

// The kernel enforces what was set, and gives back the same set, as x/sys sees it.
func TestLimit(t *testing.T) {
	f := someFile(t)
	fd := int(f.Fd())
	fresh, err := Get(fd)
	if err != nil {
		t.Fatal(err)
	}
	if !fresh.Contains(MustRights(zsys.CAP_PREAD, zsys.CAP_FSTAT, zsys.CAP_EVENT)) {
		t.Errorf("a fresh descriptor has %v", fresh)
	}
	want := MustRights(zsys.CAP_READ, zsys.CAP_SEEK, zsys.CAP_FCNTL)
	if err := Limit(fd, want); err != nil {
		t.Fatal(err)
	}
	if got, err := Get(fd); err != nil || got != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	theirs, err := unix.CapRightsGet(uintptr(fd))
	if err != nil || theirs.Rights != want.Raw().Rights {
		t.Errorf("x/sys sees %#x, %v", theirs, err)
	}
	if _, err := f.ReadAt(make([]byte, 4), 0); err != nil {
		t.Error(err)
	}
	if _, err := f.WriteString("x"); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("write without CAP_WRITE: %v", err)
	}
	if _, err := f.Stat(); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("stat without CAP_FSTAT: %v", err)
	}
	err = Limit(fd, MustRights(zsys.CAP_READ, zsys.CAP_WRITE))
	if !errors.Is(err, syscall.ENOTCAPABLE) || !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "lacks CAP_WRITE") {
		t.Errorf("rights that grow: %v", err)
	}
	if err := Limit(fd, Rights{}); err != nil {
		t.Error(err)
	}
	if got, err := Get(fd); err != nil || got != (Rights{}) {
		t.Errorf("%v, %v", got, err)
	}
	if err := Limit(-1, want); !errors.Is(err, syscall.EBADF) {
		t.Error(err)
	}
}

func TestIoctls(t *testing.T) {
	f := someFile(t)
	fd := int(f.Fd())
	if cmds, all, err := GetIoctls(fd); len(cmds) != 0 || !all || err != nil {
		t.Errorf("a fresh descriptor: %#x, %v, %v", cmds, all, err)
	}
	want := []uintptr{zsys.FIONREAD, zsys.FIONBIO}
	if err := LimitIoctls(fd, want...); err != nil {
		t.Fatal(err)
	}
	cmds, all, err := GetIoctls(fd)
	slices.Sort(cmds)
	slices.Sort(want)
	if !slices.Equal(cmds, want) || all || err != nil {
		t.Errorf("%#x, %v, %v", cmds, all, err)
	}
	if _, err := unix.IoctlGetInt(fd, zsys.FIONREAD); err != nil {
		t.Errorf("an allowed command: %v", err)
	}
	if _, err := unix.IoctlGetInt(fd, zsys.FIOASYNC); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("another command: %v", err)
	}
	if err := LimitIoctls(fd, zsys.FIOASYNC); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("a list that grows: %v", err)
	}
	if err := LimitIoctls(fd, make([]uintptr, 257)...); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("too many: %v", err)
	}
	if err := LimitIoctls(fd); err != nil {
		t.Error(err)
	}
	if cmds, all, err := GetIoctls(fd); len(cmds) != 0 || all || err != nil {
		t.Errorf("after the empty list: %#x, %v, %v", cmds, all, err)
	}
}

func TestFcntls(t *testing.T) {
	f := someFile(t)
	fd := int(f.Fd())
	if got, err := GetFcntls(fd); got != zsys.CAP_FCNTL_ALL || err != nil {
		t.Errorf("a fresh descriptor: %v, %v", got, err)
	}
	if err := LimitFcntls(fd, zsys.CAP_FCNTL_GETFL); err != nil {
		t.Fatal(err)
	}
	if got, err := GetFcntls(fd); got.String() != "CAP_FCNTL_GETFL" || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil {
		t.Errorf("the allowed command: %v", err)
	}
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETOWN, 0); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("another command: %v", err)
	}
	if err := LimitFcntls(fd, zsys.CAP_FCNTL_SETFL); !errors.Is(err, syscall.ENOTCAPABLE) {
		t.Errorf("a set that grows: %v", err)
	}
	if err := LimitFcntls(fd, 1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("no such command: %v", err)
	}
}

// Capability mode is for good, so a child enters it.
func TestCapabilityMode(t *testing.T) {
	const inChild = "RAWSYS_CAPABILITY_CHILD"
	if os.Getenv(inChild) == "" {
		if in, err := Entered(); in || err != nil {
			t.Fatal(in, err)
		}
		c := exec.Command(os.Args[0], "-test.run=^TestCapabilityMode$", "-test.v")
		c.Env = append(os.Environ(), inChild+"=1")
		out, err := c.CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("--- PASS: TestCapabilityMode")) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	f, err := rawsys.MemfdCreate("test", zsys.MFD_CLOEXEC) // no path to remove afterwards
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("some bytes"); err != nil {
		t.Fatal(err)
	}
	if err := Enter(); err != nil {
		t.Fatal(err)
	}
	if in, err := Entered(); !in || err != nil {
		t.Error(in, err)
	}
	if _, err := os.Open("/"); !errors.Is(err, syscall.ECAPMODE) {
		t.Errorf("open: %v", err)
	}
	if _, err := net.Dial("tcp", "127.0.0.1:1"); err == nil {
		t.Error("connected to a new address")
	}
	if _, err := f.ReadAt(make([]byte, 4), 0); err != nil {
		t.Errorf("read of an open file: %v", err)
	}
	if m, err := rawsys.MemfdCreate("in", zsys.MFD_CLOEXEC); err != nil {
		t.Errorf("memfd_create: %v", err)
	} else {
		m.Close()
	}
	word := new(uint32)
	if err := umtx.Wake(word, 1); err != nil {
		t.Errorf("_umtx_op: %v", err)
	}
}

func TestRightsDoNotAllocate(t *testing.T) {
	f := someFile(t)
	fd := int(f.Fd())
	if n := testing.AllocsPerRun(100, func() {
		r, err := NewRights(zsys.CAP_READ, zsys.CAP_FSTAT)
		if err != nil {
			t.Error(err)
		}
		all, err := Get(fd)
		if has, _ := all.Merge(r).Has(zsys.CAP_READ); !has || err != nil || !all.Contains(r) {
			t.Error(all, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkGet(b *testing.B) {
	fd := int(os.Stdin.Fd())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Get(fd); err != nil {
			b.Fatal(err)
		}
	}
}
