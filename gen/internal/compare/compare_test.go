package compare

import (
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
