package kinfo

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// The process itself is in every table that it belongs to, and its record says
// what other calls say.
func TestOwnProcess(t *testing.T) {
	p, err := Process(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	pgid, _ := syscall.Getpgid(0)
	groups, all := p.Groups()
	if p.Pid != os.Getpid() || p.Ppid != os.Getppid() || p.Pgid != pgid || int(p.Uid) != os.Geteuid() || int(p.Ruid) != os.Getuid() ||
		int(p.Gid) != os.Getegid() || int(p.Rgid) != os.Getgid() || len(groups) == 0 || !all || p.Kernel() || p.Sandboxed() {
		t.Errorf("%+v", p)
	}
	if exe, _ := os.Executable(); !strings.HasPrefix(filepath.Base(exe), p.Command()) {
		t.Errorf("command %q of %s", p.Command(), exe)
	}
	if age := time.Since(p.Start); age < 0 || age > time.Hour || p.Threads < 2 || p.Resident == 0 || p.VirtualSize < p.Resident || p.Usage.User+p.Usage.System == 0 {
		t.Errorf("started %v, %d threads, %d of %d bytes, %+v", p.Start, p.Threads, p.Resident, p.VirtualSize, p.Usage)
	}
	if !strings.HasPrefix(p.Emulation(), "FreeBSD ELF") {
		t.Errorf("emulation %q", p.Emulation())
	}
	for _, s := range []Selection{All(), ByGroup(p.Pgid), BySession(p.Sid), ByUid(p.Uid), ByRuid(p.Ruid), ByGid(p.Gid), ByRgid(p.Rgid)} {
		found := 0
		for q, err := range Procs(s) {
			if err != nil {
				t.Fatal(err)
			}
			if q.Pid == p.Pid {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%+v has the process %d times", s, found)
		}
	}
}

func TestThreads(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	tids := map[int]bool{}
	for p, err := range Threads(ByPid(os.Getpid())) {
		if err != nil || p.Pid != os.Getpid() {
			t.Fatal(p, err)
		}
		tids[p.Tid] = true
	}
	var self int
	if err := zsys.ThrSelf(&self); err != nil || !tids[self] || len(tids) < 2 {
		t.Errorf("threads %v without %d: %v", tids, self, err)
	}
}

func TestKernelAndZombie(t *testing.T) {
	kernel := 0
	for p, err := range Procs(All()) {
		if err != nil {
			t.Fatal(err)
		}
		if !p.Kernel() {
			continue
		}
		kernel++
		for _, err := range []error{noError(Args(p.Pid)), noError(Environ(p.Pid)), noError(Executable(p.Pid)), noError(Auxv(p.Pid))} {
			if err != nil && !errors.Is(err, syscall.EPERM) {
				t.Errorf("the kernel's process %d, %s: %v", p.Pid, p.Command(), err)
			}
		}
	}
	if kernel == 0 {
		t.Error("no process is the kernel's")
	}
	cmd := child(t)
	cmd.Args = append(cmd.Args, "-test.list=^$")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	pid := cmd.Process.Pid
	for {
		p, err := Process(pid)
		if err != nil {
			t.Fatal(err)
		}
		if p.State == StateZombie {
			break
		}
		time.Sleep(time.Millisecond)
	}
	_, err := Args(pid)
	env, eerr := Environ(pid)
	files, ferr := Collect(Files(pid))
	if err != nil || len(env) != 0 || eerr != nil || len(files) != 0 || ferr != nil {
		t.Errorf("of a zombie: %v; %d variables, %v; %d files, %v", err, len(env), eerr, len(files), ferr)
	}
}

func noError[T any](_ T, err error) error { return err }

func TestDetails(t *testing.T) {
	if inChild() {
		os.Stdout.WriteString("ready\n")
		bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0)
	}
	long := strings.Repeat("x", 100_000) // beyond a page, and beyond what the kernel keeps of arguments
	cmd := child(t)
	cmd.Args = append(cmd.Args, "-test.v=false", "--", long, "", "end")
	cmd.Env = append(cmd.Env, "LONG="+long, "EMPTY=")
	cmd.Dir = t.TempDir()
	in, err1 := cmd.StdinPipe()
	out, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
		t.Fatal(line, err)
	}
	checkDetails(t, cmd)
}

func checkDetails(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	pid := cmd.Process.Pid
	if args, err := Args(pid); err != nil || !slices.Equal(args, cmd.Args) {
		t.Errorf("%d arguments, %v; want %d", len(args), err, len(cmd.Args))
	}
	if env, err := Environ(pid); err != nil || !slices.Equal(env, cmd.Env) {
		t.Errorf("%d variables, %v; want %d", len(env), err, len(cmd.Env))
	}
	exe, _ := filepath.EvalSymlinks(cmd.Path)
	if got, err := Executable(pid); err != nil || got != exe {
		t.Errorf("program %q, %v; want %q", got, err, exe)
	}
	if root, err := Root(pid); err != nil || root.PathString() != "/" {
		t.Errorf("root %v, %v", root, err)
	}
	auxv, err := Auxv(pid)
	if err != nil || !slices.Contains(auxv, Aux{6, uint64(os.Getpagesize())}) { // AT_PAGESZ
		t.Errorf("auxiliary vector %v, %v", auxv, err)
	}
	if groups, err := ProcGroups(pid); err != nil || len(groups) == 0 || int(groups[0]) != os.Getegid() {
		t.Errorf("groups %v, %v", groups, err)
	}
	mask := syscall.Umask(0o27)
	syscall.Umask(mask)
	if got, err := Umask(pid); err != nil || int(got) != mask {
		t.Errorf("umask %#o, %v; want %#o", got, err, mask)
	}
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(zsys.RLIMIT_STACK, &lim); err != nil {
		t.Fatal(err)
	}
	if got, err := ResourceLimit(pid, zsys.RLIMIT_STACK); err != nil || got != (Limit{lim.Cur, lim.Max}) {
		t.Errorf("limit %+v, %v; want %+v", got, err, lim)
	}
	if used, ok, err := ResourceUsage(pid, zsys.RLIMIT_NOFILE); err != nil || !ok || used < 3 {
		t.Errorf("%d descriptors, %v, %v", used, ok, err)
	}
	if _, ok, err := ResourceUsage(pid, zsys.RLIMIT_CORE); err != nil || ok {
		t.Errorf("the kernel counts core files: %v, %v", ok, err)
	}
	if rel, err := OSRelease(pid); err != nil || rel < 0 {
		t.Errorf("release %d, %v", rel, err)
	}
	if r, err := SignalTrampoline(pid); err != nil || r.Start >= r.End {
		t.Errorf("trampoline %+v, %v", r, err)
	}
	if stacks, err := KernelStacks(pid); errors.Is(err, syscall.ENOENT) {
		t.Logf("the kernel has no option STACK: %v", err)
	} else if err != nil || len(stacks) == 0 {
		t.Errorf("stacks %v, %v", stacks, err)
	}
	checkMappings(t, pid, exe)
}

func checkMappings(t *testing.T, pid int, exe string) {
	t.Helper()
	var last uint64
	code := false
	for m, err := range Mappings(pid) {
		if err != nil {
			t.Fatal(err)
		}
		if m.Start >= m.End || m.Start < last {
			t.Errorf("mapping %#x to %#x behind %#x", m.Start, m.End, last)
		}
		last = m.End
		code = code || m.Path() == exe && m.Protection&zsys.KVME_PROT_EXEC != 0 && m.Resident > 0
	}
	if !code {
		t.Errorf("no mapping is %s's code", exe)
	}
}

func TestEvents(t *testing.T) {
	fd := openSpecial(t, 1500000, zsys.SYS_KQUEUE)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	change := syscall.Kevent_t{Filter: syscall.EVFILT_READ, Flags: syscall.EV_ADD}
	syscall.SetKevent(&change, int(r.Fd()), syscall.EVFILT_READ, syscall.EV_ADD)
	if _, err := syscall.Kevent(int(fd), []syscall.Kevent_t{change}, nil, nil); err != nil {
		t.Fatal(err)
	}
	events, err := Events(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(events, func(e Event) bool {
		return e.Kqueue == int(fd) && e.Ident == uint64(r.Fd()) && e.Filter == zsys.EVFILT_READ
	})
	if !found {
		t.Errorf("%+v has no event for descriptor %d of kqueue %d", events, r.Fd(), fd)
	}
}

// A connection is in the table of sockets, with its state, and its descriptor has
// the same control block.
func TestSocketTables(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	u, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	path := t.TempDir() + "/s"
	x, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	findSocket(t, TCPSockets, c, func(s *Socket) bool {
		return s.State == zsys.TCPS_ESTABLISHED && s.Local.String() == c.LocalAddr().String() && s.Peer.String() == l.Addr().String()
	})
	findSocket(t, TCPSockets, l, func(s *Socket) bool {
		return s.State == zsys.TCPS_LISTEN && s.Listening && !s.Peer.IsValid() && s.Local.String() == l.Addr().String()
	})
	findSocket(t, UDPSockets, u, func(s *Socket) bool { return s.Protocol == 17 && s.Local.String() == u.LocalAddr().String() })
	findSocket(t, UnixStreams, x, func(s *Socket) bool { return s.Listening && s.LocalPath() == path })
}

func findSocket(t *testing.T, which SocketTable, c any, right func(*Socket) bool) {
	t.Helper()
	f, err := Fd(int(fdOf(t, c)))
	if err != nil {
		t.Fatal(err)
	}
	view, _ := f.Socket()
	for s, err := range Sockets(which) {
		if err != nil {
			t.Fatal(err)
		}
		if !s.Matches(view) {
			continue
		}
		if !right(s) || int(s.Uid) != os.Geteuid() {
			t.Errorf("%v: %+v", which, s)
		}
		return
	}
	t.Errorf("%v has no socket with control block %#x", which, view.Pcb)
}

// A list of processes that come and go is read whole, and allocates nothing per
// process.
func TestProcsAllocate(t *testing.T) {
	n := 0
	allocs := testing.AllocsPerRun(20, func() {
		for _, err := range Threads(All()) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
	})
	if perRun := n / 21; perRun < 10 || allocs > 10 {
		t.Errorf("%v allocations for %d threads", allocs, perRun)
	}
}

func BenchmarkProcsOfSystem(b *testing.B) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for range Procs(All()) {
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/record")
}
