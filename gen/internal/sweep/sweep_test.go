package sweep

import (
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
)

// more is laid over the sample system of package extract: a header for each
// outcome that a sound extractor has.
const more = `
-- sys/sys/swept_empty.h --
/* Nothing, and a guard. */
#ifndef SWEPT_EMPTY_H
#define SWEPT_EMPTY_H
#endif
-- sys/sys/swept_guarded.h --
#error "no user-serviceable parts inside"
-- sys/sys/swept_needs.h --
struct swept_needs { unheard_of_t t; };
-- sys/sys/swept_partly.h --
#define SWEPT_A 1
struct swept_odd { long double d; };
struct swept_good { char c; long l; };
-- sys/sys/swept_passed.h --
#define SWEPT_B 0x80000000U
struct swept_types { off_t o; };
-- sys/sys/swept_rival.h --
struct swept_types { int contradicts_the_other_header; };
`

func sample(t *testing.T) Options {
	t.Helper()
	cc, err := clang.Find("")
	if err != nil {
		t.Skip(err)
	}
	archive, err := txtar.ParseFile("../extract/testdata/tree.txtar")
	if err != nil {
		t.Fatal(err)
	}
	archive.Files = append(archive.Files, txtar.Parse([]byte(more)).Files...)
	system, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, system); err != nil {
		t.Fatal(err)
	}
	tree, err := headers.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	return Options{Tree: tree, CC: cc, Ports: []facts.Port{facts.AMD64, facts.ARM}, Only: "swept", Batch: 4}
}

// TestRun puts a header of each outcome through. Three go through at once, which
// two of them cannot: what becomes of each is as if it had been alone.
func TestRun(t *testing.T) {
	o := sample(t)
	told := 0
	o.Progress = func(done, all int, _ string) {
		if told++; done != told-1 || all != 6 {
			t.Errorf("progress %d of %d is told as %d of %d", told-1, 6, done, all)
		}
	}
	var one []Result
	o.Result = func(r Result) { one = append(one, r) }
	all, err := Run(t.Context(), o)
	if err != nil || len(one) != len(all) || told != len(all) {
		t.Fatalf("%d results, %d told, progress %d: %v", len(all), len(one), told, err)
	}
	want := map[string]struct {
		outcome Outcome
		reason  string
	}{
		"sys/swept_empty.h":   {Empty, ""},
		"sys/swept_guarded.h": {Guarded, "no user-serviceable parts inside"},
		"sys/swept_needs.h":   {Needs, "unknown type name 'unheard_of_t'"},
		"sys/swept_partly.h":  {Partly, "swept_odd.d: the facts have no word for the type long double"},
		"sys/swept_passed.h":  {Passed, ""},
		"sys/swept_rival.h":   {Passed, ""},
	}
	for _, r := range all {
		w, ok := want[r.Header]
		if !ok || r.Outcome != w.outcome || !strings.Contains(strings.Join(r.Reasons, "\n"), w.reason) || (w.reason == "") != (len(r.Reasons) == 0) {
			t.Errorf("%s: %s, %q; want %s, %q", r.Header, r.Outcome, r.Reasons, w.outcome, w.reason)
		}
		if confirmed := r.Assertions > 0; confirmed != (r.Outcome == Passed || r.Outcome == Partly) {
			t.Errorf("%s, %s: %d assertions", r.Header, r.Outcome, r.Assertions)
		}
	}
	if wrong, failed := Bad(all); len(all) != len(want) || wrong+failed != 0 {
		t.Errorf("%d headers of %d, %d wrong, %d failed", len(all), len(want), wrong, failed)
	}
}

// TestNames: a part of a name and every Nth choose headers; a choice of none is a mistake.
func TestNames(t *testing.T) {
	o := sample(t)
	o.Every = 2
	names, err := o.names()
	if want := []string{"sys/swept_empty.h", "sys/swept_needs.h", "sys/swept_passed.h"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("every second is %q, %v; want %q", names, err, want)
	}
	o.Only = "nosuch"
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), `no header in `) {
		t.Errorf("none: %v", err)
	}
}

// TestReport counts by outcome, and by reasons of which names and numbers differ.
func TestReport(t *testing.T) {
	results := []Result{
		{Header: "a.h", Outcome: Passed, Assertions: 7},
		{Header: "b.h", Outcome: Needs, Reasons: []string{"/src/b.h:3: unknown type name 'x'"}},
		{Header: "c.h", Outcome: Needs, Reasons: []string{"/src/c.h:44: unknown type name 'y'"}},
		{Header: "d.h", Outcome: Wrong, Reasons: []string{"[amd64] A is 3: the headers say otherwise", "[386] B is 4: the headers say otherwise"}, Assertions: 5},
		{Header: "e.h", Outcome: Failed, Reasons: []string{"no"}},
	}
	var b strings.Builder
	if err := Report(&b, results); err != nil {
		t.Fatal(err)
	}
	want := `5 headers, 12 assertions confirmed
    1 passed
    0 passed in part
    0 has nothing
    0 refuses to be included
    2 needs other headers
          2 …: unknown type name …, such as b.h
    1 failed
          1 no, such as e.h
    1 wrong
          1 … A is …: the headers say otherwise, such as d.h
          1 … B is …: the headers say otherwise, such as d.h
`
	if b.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", b.String(), want)
	}
	if wrong, failed := Bad(results); wrong != 1 || failed != 1 {
		t.Errorf("%d wrong and %d failed, want one each", wrong, failed)
	}
}
