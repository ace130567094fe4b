package main

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// run lists a table that a FreeBSD kernel returned, on any host.
func run(t *testing.T, args string) string {
	t.Helper()
	o, err := parse(strings.Fields(args), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile("../../kinfo/testdata/filedesc-amd64.bin")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	table, p, tcp := report.New(&out, o.json, heading...), &kinfo.Proc{Pid: 15}, states{}
	for f, err := range kinfo.DecodeFiles(data) {
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := f.Socket(); ok && s.Protocol() == 6 && !s.Connected() {
			tcp[s.Pcb] = zsys.TCPS_LISTEN
		}
		if r := newRow(p, "root", f, tcp); o.wantProcess(p, report.Users{0: "root"}) && o.want(&r) {
			if err := r.write(table); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestFilters(t *testing.T) {
	all := strings.Count(run(t, ""), "\n")
	for _, tt := range []struct {
		args, every string // words that every line has
	}{
		{"-type pipe", " pipe "}, {"-type socket,kqueue", ""}, {"-state listen", " listen "}, {"-path /dev/null", "/dev/null"},
		{"-json -type pipe", `"type":"pipe"`},
	} {
		lines := strings.Split(strings.TrimSuffix(run(t, tt.args), "\n"), "\n")
		if !strings.Contains(tt.args, "json") {
			lines = lines[1:]
		}
		if len(lines) == 0 || len(lines) >= all-1 {
			t.Errorf("%s: %d of %d lines", tt.args, len(lines), all-1)
		}
		for _, l := range lines {
			if !strings.Contains(l, tt.every) {
				t.Errorf("%s: %q", tt.args, l)
			}
		}
	}
	for _, none := range []string{"-p 16", "-u nobody", "-c sh", "-port 1", "-state time_wait", "-type no"} {
		if n := strings.Count(run(t, none), "\n"); n != 1 {
			t.Errorf("%s: %d lines", none, n-1)
		}
	}
	if text := run(t, "-p 15,16 -u root"); strings.Count(text, "\n") != all || !strings.Contains(text, "cwd") || !strings.Contains(text, " -> ") {
		t.Errorf("%s", text)
	}
}

func TestPorts(t *testing.T) {
	text := run(t, "-type socket -json")
	_, after, ok := strings.Cut(text, `"peer":"127.0.0.1:`)
	port, _, _ := strings.Cut(after, `"`)
	if !ok || strings.Count(run(t, "-port "+port), "\n") < 2 {
		t.Errorf("port %q of\n%s", port, text)
	}
}
