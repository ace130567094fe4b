package testjson_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/internal/testjson"
)

// goTest runs the tests of a module made for it, and returns what go prints.
func goTest(t *testing.T, files fstest.MapFS) string {
	t.Helper()
	needs.Go(t)
	needs.NoRace(t)
	dir := t.TempDir()
	files["go.mod"] = text("module m\n\ngo 1.26.0\n")
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	cmd := needs.HostGo("test", "-json", "./...")
	cmd.Dir = dir
	out, _ := cmd.Output() // it fails where tests do
	return string(out)
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s), Mode: 0o666} }

const mixed = `package a

import "testing"

func TestPass(t *testing.T) {
	t.Run("one", func(t *testing.T) {})
	t.Run("two", func(t *testing.T) { t.Skip("needs two") })
}
func TestSkip(t *testing.T) { t.Skip("needs a kernel:\nset KERNEL") }
func TestFail(t *testing.T) { t.Error("seven is no prime") }
`

func TestCounts(t *testing.T) {
	out := goTest(t, fstest.MapFS{
		"a/a_test.go":      text(mixed),
		"broken/b_test.go": text("package b\n\nvar x int = nothing\n"),
		"dies/d_test.go":   text("package d\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(3) }\n"),
		"panics/p_test.go": text("package p\n\nimport \"testing\"\n\nfunc TestPanic(t *testing.T) { panic(\"boom\") }\n"),
		"empty/e.go":       text("package e\n"),
	})
	var run testjson.Run
	var lines strings.Builder
	if err := run.Read(strings.NewReader(out), func(line string) { lines.WriteString(line + "\n") }); err != nil {
		t.Fatal(err)
	}
	// Passed: TestPass, TestPass/one. Failed: TestFail, TestPanic and the
	// packages broken and dies. Skipped: TestSkip, TestPass/two.
	if got, want := run.Counts().String(), "2 passed, 4 failed, 2 skipped"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	var report strings.Builder
	run.WriteFailures(&report)
	run.WriteSkips(&report)
	for _, want := range []string{
		"--- FAIL: m/a TestFail\n", "seven is no prime",
		"--- FAIL: m/broken\n", "undefined: nothing",
		"--- FAIL: m/dies\n", "exit status 3",
		"--- FAIL: m/panics TestPanic\n", "panic: boom",
		"--- SKIP: m/a TestSkip: a_test.go:9: needs a kernel: set KERNEL\n", "--- SKIP: m/a TestPass/two: a_test.go:7: needs two\n",
	} {
		if !strings.Contains(report.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, report.String())
		}
	}
	for _, want := range []string{"FAIL  m/a  ", "2 passed, 1 failed, 2 skipped\n", "FAIL  m/broken  ", "?     m/empty  no tests\n"} {
		if !strings.Contains(lines.String(), want) {
			t.Errorf("the lines lack %q:\n%s", want, lines.String())
		}
	}
}

// Over two runs a test counts once: failed if it failed in either, passed if it
// passed in either.
func TestTwoRuns(t *testing.T) {
	event := func(action, test string) string {
		return `{"Action":"` + action + `","Package":"p","Test":"` + test + `"}` + "\n"
	}
	var run testjson.Run
	for _, in := range []string{
		event("pass", "A") + event("skip", "B") + event("skip", "C") + event("fail", "D"),
		event("fail", "A") + event("pass", "B") + event("skip", "C") + event("pass", "D"),
	} {
		if err := run.Read(strings.NewReader(in), nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := run.Counts(); got != (testjson.Counts{Passed: 1, Failed: 2, Skipped: 1}) {
		t.Errorf("counted %v", got)
	}
}

func TestReadErrors(t *testing.T) {
	for in, want := range map[string]string{
		"go: cannot find main module\n":                    "cannot find main module",
		`{"Action":"start","Package":"p/q"}` + "\n":        "p/q: go test ended before its tests did",
		`{"Action":"pass","Package":"p"}` + "\n" + `{"Act`: `not an event`,
	} {
		var run testjson.Run
		if err := run.Read(strings.NewReader(in), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("reading %q gave %v, want %q", in, err, want)
		}
	}
}
