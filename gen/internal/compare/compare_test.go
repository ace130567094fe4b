package compare

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// TestFacts compares the two releases of each case in testdata: the report has
// to be exactly what the case wants.
func TestFacts(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+2 < len(archive.Files); i += 3 {
		before, after, want := archive.Files[i], archive.Files[i+1], archive.Files[i+2]
		t.Run(before.Name, func(t *testing.T) {
			r := Facts(parse(t, "12.1 1201517", before.Data), parse(t, "15.0 1500068", after.Data))
			_, body, _ := strings.Cut(r.String(), "\n")
			if got, want := strings.TrimSpace(body), strings.TrimSpace(string(want.Data)); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	if n := len(archive.Files); n%3 != 0 || n < 18 {
		t.Errorf("%d files: a case is an old and a new release and what to report", n)
	}
}

// TestInstalled: what the headers of an installation cannot tell is no change,
// in either direction; what they can tell is one.
func TestInstalled(t *testing.T) {
	source := parse(t, "15.0 1500068", []byte(`
syscall 1 _exit STD void rval:int
syscall 8 ocreat COMPAT int path:*char mode:int
syscall 18 freebsd4_statfs COMPAT4 int path:*char
syscall 40 freebsd11_stat COMPAT11 int path:*char
syscall 42 freebsd7_pipe COMPAT7 int fds:*int
syscall 60 brandnew STD int fd:int
syscall 70 obs_sbrk OBSOL
`))
	installed := parse(t, "14.3 1403000 installed", []byte(`
syscall 1 exit STD
syscall 40 freebsd11_stat COMPAT11 int path:*char
syscall 42 freebsd7_pipe COMPAT7 int fds:*int
syscall 70 sbrk STD int incr:int
`))
	want := func(a, b *facts.File, want string) {
		t.Helper()
		_, body, _ := strings.Cut(Facts(a, b).String(), "\n")
		if body = strings.TrimSpace(body); body != strings.TrimSpace(want) {
			t.Errorf("got:\n%s\nwant:\n%s", body, want)
		}
	}
	want(installed, source, `
System calls
  - exit: number 1 is called _exit now
! - sbrk: number 70 is gone
  + brandnew: number 60, brandnew(int) int

3 changes, of which 1 break the ABI (marked !): programs built for 14.3 may go wrong on 15.0.`)
	want(source, installed, `
System calls
  - _exit: number 1 is called exit now
! - brandnew: number 60 is gone
  + sbrk: number 70, sbrk(int) int

3 changes, of which 1 break the ABI (marked !): programs built for 15.0 may go wrong on 14.3.`)
	installed.Syscalls = installed.Syscalls[:2] // without what it keeps for 7
	want(installed, source, `
System calls
  - exit: number 1 is called _exit now
  + brandnew: number 60, brandnew(int) int

2 changes, none of which breaks the ABI.`)
}

// TestJSON: the report for programs says what that for people says.
func TestJSON(t *testing.T) {
	before := parse(t, "12.1 1201517", []byte("const A sys/a.h 1\nconst B sys/a.h 2 arm:3\n"))
	after := parse(t, "15.0 1500068", []byte("const B sys/a.h 4 386:2 arm:-\nconst C sys/a.h 5\n"))
	var b strings.Builder
	if err := Facts(before, after).JSON(&b); err != nil {
		t.Fatal(err)
	}
	want := `{"old":{"system":"freebsd","release":"12.1","version":1201517},"new":{"system":"freebsd","release":"15.0","version":1500068},"arch":["amd64","386","arm"],"changes":[` +
		`{"of":"constant","kind":"removed","name":"A","detail":"1","breaks":false},` +
		`{"of":"constant","kind":"changed","name":"B","detail":"2 to 4 on amd64, 3 to none on arm","breaks":true,"values":[{"what":"value","arch":"amd64","old":"2","new":"4"},{"what":"value","arch":"arm","old":"3","new":"none"}]},` +
		`{"of":"constant","kind":"added","name":"C","detail":"5","breaks":false}],"breaks":1}`
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(b.String())); err != nil || compact.String() != want {
		t.Errorf("%v\ngot  %s\nwant %s", err, compact.String(), want)
	}
	b.Reset()
	if err := Facts(before, before).JSON(&b); err != nil || !strings.Contains(b.String(), `"changes": []`) {
		t.Errorf("a release against itself: %v %s", err, b.String())
	}
}

// TestReleaseAgainstItself: a release does not differ from itself.
func TestReleaseAgainstItself(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/cases.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(archive.Files); i += 3 {
		f := parse(t, "12.1 1201517", archive.Files[i].Data)
		if changes, _ := Facts(f, f).Count(); changes != 0 {
			t.Errorf("%s differs from itself:\n%s", archive.Files[i].Name, Facts(f, f))
		}
	}
}

func parse(t *testing.T, release string, body []byte) *facts.File {
	t.Helper()
	f, err := facts.Parse(release, []byte("facts 1\nrelease freebsd "+release+"\narch amd64 386 arm\n"+string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
