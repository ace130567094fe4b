package capsicum_test

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/shmsync"
	"github.com/rawsys-go/rawsys/zsys"
)

// scene has the descriptors of one attempt.
type scene struct {
	file, other, dir, memory *os.File
	conn, peer               *net.TCPConn
	listener                 *net.TCPListener
	dial                     net.Conn // waits to be accepted
}

const content = "some bytes"

func newScene(t *testing.T) *scene {
	t.Helper()
	s, dir := new(scene), t.TempDir()
	var errs [8]error
	s.file, errs[0] = os.OpenFile(dir+"/f", os.O_RDWR|os.O_CREATE, 0o666)
	_, errs[1] = s.file.WriteString(content)
	s.other, errs[5] = os.OpenFile(dir+"/other", os.O_RDWR|os.O_CREATE, 0o666)
	_, errs[6] = s.other.WriteString(content)
	s.dir, errs[2] = os.Open(dir)
	s.memory, errs[3] = rawsys.MemfdCreate("m", zsys.MFD_ALLOW_SEALING)
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	errs[4] = err
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	s.listener = l
	dial := func() net.Conn {
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	s.conn = dial().(*net.TCPConn)
	if s.peer, err = l.AcceptTCP(); err != nil {
		t.Fatal(err)
	}
	s.dial = dial()
	if _, err := s.peer.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.file.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	for _, c := range []io.Closer{s.file, s.other, s.dir, s.memory, s.listener, s.peer} {
		t.Cleanup(func() { c.Close() })
	}
	return s
}

// An attempt makes the calls of a row.
type attempt struct {
	limited func(*scene) any // the descriptor that is limited
	calls   []func(*scene) error
}

func fileOf(s *scene) any     { return s.file }
func dirOf(s *scene) any      { return s.dir }
func connOf(s *scene) any     { return s.conn }
func memoryOf(s *scene) any   { return s.memory }
func listenerOf(s *scene) any { return s.listener }

// of drops a call's result.
func of[T any](_ T, err error) error { return err }

func fd(c syscall.Conn) (n int) {
	raw, err := c.SyscallConn()
	if err == nil {
		err = raw.Control(func(d uintptr) { n = int(d) })
	}
	if err != nil {
		return -1
	}
	return n
}

// attempts are in the order of the rows.
var attempts = []attempt{
	{connOf, []func(*scene) error{sendfile, sendfileRaw}},
	{fileOf, []func(*scene) error{sendfile, sendfileRaw}},
	{fileOf, []func(*scene) error{transferSend, transferWriteTo}},
	{connOf, []func(*scene) error{transferSend, transferWriteTo}},
	{fileOf, []func(*scene) error{func(s *scene) error {
		return of((&rawsys.Transfer{File: s.file, Count: 5}).Read(make([]byte, 5)))
	}}},
	{fileOf, []func(*scene) error{
		func(s *scene) error { return copyRange(s.other, s.file) },
		func(s *scene) error { return copyFileRange(s.other, s.file) },
	}},
	{fileOf, []func(*scene) error{
		func(s *scene) error { return copyRange(s.file, s.other) },
		func(s *scene) error { return copyFileRange(s.file, s.other) },
	}},
	{fileOf, []func(*scene) error{
		func(s *scene) error { return rawsys.Fstat(fd(s.file), new(rawsys.FileStat)) },
		func(s *scene) error { return rawsys.FstatConn(s.file, new(rawsys.FileStat)) },
	}},
	{dirOf, []func(*scene) error{func(s *scene) error { return rawsys.Fstatat(fd(s.dir), "f", new(rawsys.FileStat), 0) }}},
	{memoryOf, []func(*scene) error{
		func(s *scene) error { return rawsys.AddSeals(fd(s.memory), zsys.F_SEAL_GROW) },
		func(s *scene) error { return of(rawsys.GetSeals(fd(s.memory))) },
	}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(kinfo.Fd(fd(s.file))) }}},
	{fileOf, []func(*scene) error{region}},
	{fileOf, []func(*scene) error{
		func(s *scene) error { return capsicum.LimitConn(s.file, capsicum.Rights{}) },
		func(s *scene) error { return of(capsicum.GetConn(s.file)) },
		func(s *scene) error { return capsicum.LimitFcntlsConn(s.file, 0) },
	}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(unix.IoctlGetInt(fd(s.file), zsys.FIONREAD)) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.Read(make([]byte, 5))) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.Write(make([]byte, 5))) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.ReadAt(make([]byte, 5), 1)) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.WriteAt(make([]byte, 5), 1)) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.Seek(1, io.SeekCurrent)) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return of(s.file.Stat()) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return s.file.Truncate(3) }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return s.file.Sync() }}},
	{fileOf, []func(*scene) error{func(s *scene) error { return s.file.Chmod(0o600) }}},
	{dirOf, []func(*scene) error{func(s *scene) error { return of(s.dir.ReadDir(-1)) }}},
	{dirOf, []func(*scene) error{func(s *scene) error { return openat(s, "f", os.O_RDONLY) }}},
	{dirOf, []func(*scene) error{func(s *scene) error { return openat(s, "new", os.O_WRONLY|os.O_CREATE) }}},
	{listenerOf, []func(*scene) error{accept}},
	{connOf, []func(*scene) error{func(s *scene) error { return of(s.conn.Read(make([]byte, 5))) }}},
	{connOf, []func(*scene) error{func(s *scene) error { return of(s.conn.Write(make([]byte, 5))) }}},
	{connOf, []func(*scene) error{func(s *scene) error { return s.conn.CloseWrite() }}},
	{connOf, []func(*scene) error{func(s *scene) error { return s.conn.SetNoDelay(false) }}},
	{connOf, []func(*scene) error{fileConn}},
}

func sendfile(s *scene) error {
	return of(rawsys.Sendfile(fd(s.conn), fd(s.file), 0, 5, nil, nil, 0))
}

func sendfileRaw(s *scene) error {
	return of(rawsys.SendfileRaw(fd(s.conn), fd(s.file), 0, 5, nil, 0))
}

func transferSend(s *scene) error {
	return of((&rawsys.Transfer{File: s.file, Count: 5}).Send(fd(s.conn)))
}

func transferWriteTo(s *scene) error {
	return of((&rawsys.Transfer{File: s.file, Count: 5, Headers: [][]byte{{1}}}).WriteTo(s.conn))
}

func copyRange(out, in *os.File) error {
	return of(rawsys.CopyRange(fd(out), 0, fd(in), 0, 5, 0))
}

func copyFileRange(out, in *os.File) error {
	var to, from int64
	return of(rawsys.CopyFileRange(fd(out), &to, fd(in), &from, 5, 0))
}

func region(s *scene) error {
	r, err := shmsync.FromFile(s.file, len(content))
	if err != nil {
		return err
	}
	return r.Close()
}

func openat(s *scene, name string, flags int) error {
	n, err := unix.Openat(fd(s.dir), name, flags|unix.O_CLOEXEC, 0o666)
	if err != nil {
		return err
	}
	return unix.Close(n)
}

func accept(s *scene) error {
	c, err := s.listener.Accept()
	if err != nil {
		return err
	}
	return c.Close()
}

func fileConn(s *scene) error {
	f, err := s.conn.File()
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return err
	}
	return c.Close()
}

// Each call does with the rights of its row, and fails without any one of them.
func TestNeeds(t *testing.T) {
	if len(attempts) != len(needed) {
		t.Fatalf("%d attempts for %d rows", len(attempts), len(needed))
	}
	for i, n := range needed {
		for _, call := range attempts[i].calls {
			var names []string
			if n.rights != "" {
				names = strings.Split(n.rights, "|")
			}
			if err := limitedTo(t, names, "", attempts[i], call); err != nil {
				t.Errorf("%s, %s with %s: %v", n.call, n.of, n.rights, err)
			}
			for _, without := range names {
				if err := limitedTo(t, names, without, attempts[i], call); !errors.Is(err, syscall.ENOTCAPABLE) {
					t.Errorf("%s, %s without %s of %s: %v", n.call, n.of, without, n.rights, err)
				}
			}
		}
	}
}

// limitedTo calls with a descriptor that has rights, but for one.
func limitedTo(t *testing.T, names []string, without string, a attempt, call func(*scene) error) error {
	t.Helper()
	s := newScene(t)
	var r capsicum.Rights
	for _, name := range names {
		one, err := capsicum.ParseRights(name)
		if err != nil {
			t.Fatal(err)
		}
		if name != without {
			r = r.Merge(one)
		}
	}
	if err := capsicum.LimitConn(a.limited(s), r); err != nil {
		t.Fatal(err)
	}
	return call(s)
}
