package main

import (
	"io"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
)

func TestMain(m *testing.M) { crowd.Main(m) }

func shown(t *testing.T, o options) []row {
	t.Helper()
	o.json = true
	return crowd.Lines[row](t, func(w io.Writer) error { return list(&o, w, io.Discard) })
}

// Every file and socket that a member of a crowd has open is listed as what it is,
// and all members are.
func TestCrowd(t *testing.T) {
	k := crowd.New(t, 16)
	m := k.Find(crowd.Opener)
	byFd := map[string]row{}
	for _, r := range shown(t, options{pids: []int{m.Pid}}) {
		byFd[r.FD] = r
	}
	for _, want := range m.Files {
		r := byFd[strconv.Itoa(want.FD)]
		if r.Type != want.Type || want.Type == "vnode" && (r.Path != want.Path || r.Offset != want.Size) || want.Type == "pipe" && r.Peer == "" {
			t.Errorf("%+v: %+v", want, r)
		}
	}
	for _, want := range m.Sockets {
		r := byFd[strconv.Itoa(want.FD)]
		tcp := strings.HasPrefix(want.Kind, "tcp")
		if r.Type != "socket" || r.Pending != want.Waiting || tcp && (r.State != strings.ToLower(want.State) || r.Local != want.Local || r.Peer != want.Peer) {
			t.Errorf("%+v: %+v", want, r)
		}
	}
	if byFd["cwd"].Path != m.Cwd || byFd["text"].Path != m.Exe {
		t.Errorf("in %q, running %q; want %q, %q", byFd["cwd"].Path, byFd["text"].Path, m.Cwd, m.Exe)
	}
	checkAll(t, k)
	if testing.Verbose() {
		if err := list(&options{pids: []int{m.Pid}}, os.Stdout, os.Stderr); err != nil {
			t.Error(err)
		}
	}
}

// checkAll checks who is listed without filters: all but zombies.
func checkAll(t *testing.T, k *crowd.Known) {
	t.Helper()
	pids := map[int]bool{}
	for _, r := range shown(t, options{}) {
		pids[r.PID] = true
	}
	for _, m := range k.Members {
		if pids[m.Pid] == (m.Role == crowd.Zombie) {
			t.Errorf("%s: listed %v", m.Role, pids[m.Pid])
		}
	}
}
