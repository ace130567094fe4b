package extract

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// TestMaster reads the table of the sample, and one in the style of releases
// up to 12.
func TestMaster(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == masterFile {
			compareTable(t, f.Data, `
0 syscall SYSMUX int number:int ...
1 leave STD|CAPENABLED|NORETURN void rval:int
5 open_it STD int path:*char:_In_z_ room:*struct.pair:_Out_writes_bytes_opt_(*len) len:*size_t:_Inout_ list:**char:_In_ mode:mode_t flags:u_int
8 ocreat COMPAT int path:*char:_In_z_ mode:kernel_only_t
11 obs_gone OBSOL
19 seek STD off_t fd:int offset:off_t whence:int
38 freebsd11_stat COMPAT11 int p:*struct.pair
uses size_t mode_t u_int kernel_only_t off_t`)
		}
	}
	compareTable(t, []byte(` $Id$
; old style
1	AUE_EXIT	STD	{ void sys_exit(int rval); } exit \
				    sys_exit_args void
7	AUE_NULL	OBSOL	4.2 sigreturn
8	AUE_NULL	UNIMPL	later
9	AUE_LINK	COMPAT4|NOPROTO	{ ssize_t link(_In_z_ char *path, \
				    _Out_writes_bytes_opt_(*len) \
				    struct sockaddr * __restrict from, \
				    unsigned flags, unsigned long n, volatile long *v); }
10	AUE_NULL	STD	{ union u *fork(void); }
11	AUE_NULL	STD	{ int start(_In_ int (*entry)(void *, int), void *arg, _Out_ int fds[2]); }
`), `
1 exit STD void rval:int
7 obs_sigreturn OBSOL
9 freebsd4_link COMPAT4|NOPROTO ssize_t path:*char:_In_z_ from:*struct.sockaddr:_Out_writes_bytes_opt_(*len) flags:u_int n:u_long v:*long
10 fork STD *union.u
11 start STD int entry:*func:_In_ arg:*void fds:*int:_Out_
uses ssize_t u_int u_long`)
}

func compareTable(t *testing.T, src []byte, want string) {
	t.Helper()
	table, err := parseMaster("master", src)
	if err != nil {
		t.Error(err)
		return
	}
	var b strings.Builder
	for _, c := range table.calls {
		line := fmt.Sprintf("%d %s %s %s", c.Number, c.Name, c.Kind, c.Result)
		for _, a := range c.Args {
			line += fmt.Sprintf(" %s:%s", a.Name, a.Type)
			if a.Mark != "" {
				line += ":" + a.Mark
			}
		}
		if c.Variadic {
			line += " ..."
		}
		b.WriteString("\n" + strings.TrimSpace(line))
	}
	b.WriteString("\nuses")
	for _, w := range table.typed {
		b.WriteString(" " + w.Text)
	}
	if got := b.String(); got != want {
		t.Errorf("table:%s\nwant:%s", got, want)
	}
}

func TestMasterErrors(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"", "m:1:1: no system call in this file: is it syscalls.master?"},
		{"; nothing but a comment\n", "m:2:1: no system call in this file"},
		{"int main(void) { }\n", `m:1:1: unexpected "int" in the table: an entry starts with its number`},
		{"1 AUE_NULL\n", "m:2:1: the table ends inside an entry"},
		{"1 AUE_NULL QUICK { int f(void); }\n", `m:1:12: unknown kind "QUICK"`},
		{"1 AUE_NULL STD { int f(int a\n", "the table ends inside an entry"},
		{"1 AUE_NULL STD { f(void); }\n", "a prototype without a result and a name"},
		{"1 AUE_NULL STD { int f(int a,, int b); }\n", "m:1:30: an argument is missing in f"},
		{"1 AUE_NULL STD { int f(int); }\n", "m:1:24: argument int of f has no name"},
		{"1 AUE_NULL STD { int f(int a) }\n2 AUE_NULL STD { int g(void); ]\n", `unexpected "]" in the table: "}" should stand here`},
	} {
		if tb, err := parseMaster("m", []byte(tt.src)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("parseMaster(%q) = %v, %v; want %s", tt.src, tb, err, tt.want)
		}
	}
}

// FuzzMaster: whatever the table is, reading it ends, and what was read can be
// written as facts.
func FuzzMaster(f *testing.F) {
	f.Add("1 A STD { int f(int a, ...); } g\n; c\n2 A OBSOL 4.2 h\n")
	f.Add("1 A STD { int f(_In_(x) const struct s *a, \\\n unsigned long b); }")
	f.Fuzz(func(t *testing.T, src string) {
		table, err := parseMaster("m", []byte(src))
		if err != nil {
			return
		}
		for _, c := range table.calls {
			if c.Name == "" || c.Kind == "" {
				t.Errorf("a call without a name or kind: %v", c)
			}
			for _, a := range c.Args {
				if _, err := facts.ParseType(string(a.Type)); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
