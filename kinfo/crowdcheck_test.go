package kinfo

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
	"github.com/rawsys-go/rawsys/zsys"
)

// checkCrowd compares tables with what the members of a crowd knew.
func checkCrowd(t *testing.T, k *crowd.Known, tables map[string][]byte) {
	t.Helper()
	procs, err := Collect(DecodeProcs(tables["procs"], k.PageSize))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range k.Members {
		checkMember(t, k.Arch, &m, procs)
	}
	checkKernel(t, procs)
	checkThreads(t, k, tables["threads"])
	opener := k.Find(crowd.Opener)
	checkCrowdSockets(t, opener, tables)
	checkCrowdDescriptors(t, k, tables)
	checkCrowdSCTP(t, opener, tables)
	checkCrowdFiles(t, opener, tables["filedesc"])
	checkCrowdMappings(t, opener, tables["vmmap"])
	checkCrowdDetails(t, k, tables)
}

func checkMember(t *testing.T, arch string, m *crowd.Member, procs []Proc) {
	t.Helper()
	var p *Proc
	for i := range procs {
		if procs[i].Pid == m.Pid {
			p = &procs[i]
		}
	}
	if p == nil {
		t.Errorf("%s %d is missing", m.Role, m.Pid)
		return
	}
	if p.Ppid != m.Ppid || p.Pgid != m.Pgid || p.Sid != m.Sid || int(p.Uid) != m.Uid || int(p.Ruid) != m.Ruid || int(p.Gid) != m.Gid || int(p.Rgid) != m.Rgid {
		t.Errorf("%s: %+v, want %+v", m.Role, p, m)
	}
	groups, all := p.Groups()
	for _, g := range m.Groups {
		if !all || !slices.Contains(groups, uint32(g)) {
			t.Errorf("%s: groups %v, want %v", m.Role, groups, m.Groups)
		}
	}
	if p.Jid != m.Jail || p.Jailed() != (m.Jail != 0) || p.Nice != m.Nice || p.Sandboxed() != (m.Role == crowd.Sandbox) || p.Kernel() {
		t.Errorf("%s: jail %d, nice %d, sandboxed %v", m.Role, p.Jid, p.Nice, p.Sandboxed())
	}
	if us := p.Start.UnixMicro(); us < m.Started[0]-1000 || us > m.Started[1]+1000 {
		t.Errorf("%s: started %d, not within %v", m.Role, us, m.Started)
	}
	if !strings.HasPrefix(m.Exe[strings.LastIndexByte(m.Exe, '/')+1:], p.Command()) || p.Command() == "" {
		t.Errorf("%s: command %q of %s", m.Role, p.Command(), m.Exe)
	}
	checkLife(t, arch, m, p)
}

// checkLife checks what differs between the living and zombies.
func checkLife(t *testing.T, arch string, m *crowd.Member, p *Proc) {
	t.Helper()
	abi := "FreeBSD ELF64"
	if arch == "386" || arch == "arm" {
		abi = "FreeBSD ELF32"
	}
	switch m.Role {
	case crowd.Zombie:
		if p.State != StateZombie || p.ExitStatus != crowd.ExitStatus<<8 || p.Resident != 0 {
			t.Errorf("a zombie: %v, status %#x, %d bytes", p.State, p.ExitStatus, p.Resident)
		}
		return
	case crowd.Stopped:
		if p.State != StateStopped || p.ExitStatus != 17 { // SIGSTOP
			t.Errorf("a stopped process: %v, %d", p.State, p.ExitStatus)
		}
	case crowd.Leader:
		if p.Sid != p.Pid || p.KiFlags&zsys.KI_SLEADER == 0 {
			t.Errorf("a leader: session %d, flags %#x", p.Sid, p.KiFlags)
		}
	}
	if p.Emulation() != abi || p.Resident == 0 || p.VirtualSize < p.Resident || p.Threads < max(2, len(m.Threads)) || p.TextSize == 0 {
		t.Errorf("%s: %s, %d of %d bytes, %d threads", m.Role, p.Emulation(), p.Resident, p.VirtualSize, p.Threads)
	}
	if p.Usage.User+p.Usage.System <= 0 || p.Usage.MinorFaults == 0 || p.Usage.MaxResident < 1<<20 || p.RunTime <= 0 {
		t.Errorf("%s: %+v", m.Role, p.Usage)
	}
}

func checkKernel(t *testing.T, procs []Proc) {
	t.Helper()
	for i := range procs {
		if p := &procs[i]; p.Pid == 0 {
			if p.Command() != "kernel" || !p.Kernel() || p.Threads < 2 || p.TTY != NoTTY {
				t.Errorf("the kernel is %q with %d threads", p.Command(), p.Threads)
			}
			return
		}
	}
	t.Error("the kernel's own process is missing")
}

func checkThreads(t *testing.T, k *crowd.Known, table []byte) {
	t.Helper()
	m := k.Find(crowd.Threaded)
	names := map[int]string{}
	perProc := map[int]int{}
	for p, err := range DecodeProcs(table, k.PageSize) {
		if err != nil {
			t.Fatal(err)
		}
		perProc[p.Pid]++
		if p.Pid == m.Pid {
			names[p.Tid] = p.ThreadName()
		}
	}
	for _, th := range m.Threads {
		if names[th.Tid] != th.Name {
			t.Errorf("thread %d is %q, want %q", th.Tid, names[th.Tid], th.Name)
		}
	}
	for _, m := range k.Members {
		if m.Role != crowd.Zombie && perProc[m.Pid] < 2 {
			t.Errorf("%s has %d threads", m.Role, perProc[m.Pid])
		}
	}
}

// kindOf are the tables by kind of socket.
var kindOf = map[string]SocketTable{
	"tcp4": TCPSockets, "tcp6": TCPSockets, "udp4": UDPSockets, "udp6": UDPSockets, "raw4": RawSockets,
	"stream": UnixStreams, "dgram": UnixDatagrams, "seqpacket": UnixSeqpackets,
}

func checkCrowdSockets(t *testing.T, m *crowd.Member, tables map[string][]byte) {
	t.Helper()
	views := map[int]FileSocket{}
	files, err := Collect(DecodeFiles(tables["filedesc"]))
	if err != nil {
		t.Fatal(err)
	}
	for i := range files {
		if s, ok := files[i].Socket(); ok {
			views[int(files[i].Fd)] = s
		}
	}
	checked := 0
	for _, want := range m.Sockets {
		which, ok := kindOf[want.Kind]
		if !ok {
			continue
		}
		found := 0
		for s, err := range DecodeSockets(which, tables[strings.TrimRight(want.Kind, "46")]) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Matches(views[want.FD]) {
				found++
				checkCrowdSocket(t, s, &want)
			}
		}
		if found != 1 {
			t.Errorf("%+v is in the table %d times", want, found)
		}
		checked++
	}
	if checked < 20 {
		t.Errorf("only %d sockets", checked)
	}
}

func checkCrowdSocket(t *testing.T, s *Socket, want *crowd.Socket) {
	t.Helper()
	if s.Listening != want.Listening || s.RecvQueue != want.Waiting || want.State != "" && s.State.String() != "TCPS_"+want.State {
		t.Errorf("%+v: listening %v, %d bytes, %v", want, s.Listening, s.RecvQueue, s.State)
	}
	if !want.Inet() {
		if s.LocalPath() != want.Local || s.PeerPath() != want.Peer || want.Peer != "" && s.PeerPcb == 0 {
			t.Errorf("%+v: paths %q, %q", want, s.LocalPath(), s.PeerPath())
		}
		return
	}
	if s.Local != netip.MustParseAddrPort(want.Local) || s.Peer.IsValid() != (want.Peer != "") || want.Peer != "" && s.Peer.String() != want.Peer {
		t.Errorf("%+v: from %v to %v", want, s.Local, s.Peer)
	}
	if v6 := strings.HasSuffix(want.Kind, "6"); v6 != (s.Family == zsys.AF_INET6) || s.TCP != strings.HasPrefix(want.Kind, "tcp") || want.Kind == "raw4" && s.Protocol != 1 {
		t.Errorf("%+v: family %d, protocol %d", want, s.Family, s.Protocol)
	}
}

func checkCrowdFiles(t *testing.T, m *crowd.Member, table []byte) {
	t.Helper()
	byFd := map[int]File{}
	for f, err := range DecodeFiles(table) {
		if err != nil {
			t.Fatal(err)
		}
		byFd[int(f.Fd)] = *f
	}
	for _, want := range m.Files {
		f := byFd[want.FD]
		v, file := f.Vnode()
		kind := strings.ToLower(strings.TrimPrefix(f.Type.String(), "KF_TYPE_"))
		if kind != want.Type || want.Type == "vnode" && f.PathString() != want.Path || want.Size > 0 && (!file || v.Size != uint64(want.Size)) || want.Deleted && v.Nlink != 0 {
			t.Errorf("%+v: %v %q", want, f.Type, f.PathString())
		}
	}
	checkCrowdRecords(t, m, byFd)
	cwd := byFd[int(zsys.KF_FD_TYPE_CWD)]
	text := byFd[int(zsys.KF_FD_TYPE_TEXT)]
	if cwd.PathString() != m.Cwd || text.PathString() != m.Exe {
		t.Errorf("in %q, running %q; want %q, %q", cwd.PathString(), text.PathString(), m.Cwd, m.Exe)
	}
}

func checkCrowdMappings(t *testing.T, m *crowd.Member, table []byte) {
	t.Helper()
	maps, err := Collect(DecodeMappings(table))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range m.Mappings {
		i := slices.IndexFunc(maps, func(e Mapping) bool { return e.Start <= want.Start && want.End <= e.End })
		if i < 0 {
			t.Errorf("nothing holds %+v", want)
			continue
		}
		e, prot := maps[i], []byte("---")
		for bit, c := range []byte("rwx") {
			if e.Protection>>bit&1 != 0 {
				prot[bit] = c
			}
		}
		if string(prot) != want.Prot || e.Resident < want.Resident || e.Path() != want.Path || (e.Type == zsys.KVME_TYPE_VNODE) != want.File {
			t.Errorf("%+v: %s %d pages, %v %q", want, prot, e.Resident, e.Type, e.Path())
		}
		if want.File && e.Offset+want.Start-e.Start != want.Offset {
			t.Errorf("%+v: offset %d of %#x", want, e.Offset, e.Start)
		}
	}
	if !slices.ContainsFunc(maps, func(e Mapping) bool { return e.Path() == m.Exe && e.Protection&zsys.KVME_PROT_EXEC != 0 }) {
		t.Errorf("no code of %s", m.Exe)
	}
}

func checkCrowdDetails(t *testing.T, k *crowd.Known, tables map[string][]byte) {
	t.Helper()
	m := k.Find(crowd.Opener)
	if args := strings0(tables["args"]); !slices.Equal(args, m.Args) {
		t.Errorf("arguments %q, want %q", args, m.Args)
	}
	if env := strings0(tables["env"]); !slices.Equal(env, m.Env) {
		t.Errorf("environment %q, want %q", env, m.Env)
	}
	if exe := string(beforeNUL(tables["pathname"])); exe != m.Exe {
		t.Errorf("program %q, want %q", exe, m.Exe)
	}
	if v, err := DecodeAuxv(tables["auxv"]); err != nil || !slices.Contains(v, Aux{6, uint64(k.PageSize)}) { // AT_PAGESZ
		t.Errorf("auxiliary vector %v, %v", v, err)
	}
	if g, err := numbers32(tables["groups"]); err != nil || int(g[0]) != m.Gid {
		t.Errorf("groups %v, %v", g, err)
	}
	if r, err := decodeRange(tables["sigtramp"]); err != nil || r.Start == 0 || r.Start >= r.End {
		t.Errorf("trampoline %v, %v", r, err)
	}
	if len(tables["umask"]) != 2 || int(raw(tables["umask"]).u16(0)) != m.Umask {
		t.Errorf("umask % x, want %#o", tables["umask"], m.Umask)
	}
	if lim := raw(tables["rlimit"]); len(lim) != 16 || lim.u64(0) != m.Stack[0] || lim.u64(8) != m.Stack[1] {
		t.Errorf("limits % x, want %v", lim, m.Stack)
	}
	checkCrowdEvents(t, m, tables["kqueue"])
	if stacks, ok := tables["kstack"]; ok {
		if s, err := DecodeStacks(stacks); err != nil || len(s) < 2 || s[0].Trace == "" {
			t.Errorf("stacks %v, %v", s, err)
		}
	}
}

// checkCrowdEvents looks for the events that Go's poller waits for at each socket.
func checkCrowdEvents(t *testing.T, m *crowd.Member, table []byte) {
	t.Helper()
	events, err := Collect(DecodeEvents(table))
	if err != nil {
		t.Errorf("%d events, %v", len(events), err)
	}
	for _, s := range m.Sockets {
		if s.Kind == "raw4" || s.Kind == "seqpacket" || strings.HasPrefix(s.Kind, "sctp") {
			continue
		}
		for _, filter := range []int16{zsys.EVFILT_READ, zsys.EVFILT_WRITE} {
			if !slices.ContainsFunc(events, func(e Event) bool {
				return e.Kqueue >= 3 && e.Ident == uint64(s.FD) && e.Filter == filter && e.Flags&zsys.EV_CLEAR != 0 && e.Udata != 0
			}) {
				t.Errorf("no event of filter %d for %+v", filter, s)
			}
		}
	}
}
