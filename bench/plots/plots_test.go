package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The plots of docs are those of the stored runs, and there are no others.
func TestPlots(t *testing.T) {
	wanted := map[string]bool{}
	for _, f := range figures {
		for _, theme := range themes() {
			wanted[f.file(theme)] = true
			got, err := f.svg("../runs", theme)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("../../docs/plots", f.file(theme)))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("docs/plots/%s is not what make plots draws: %v", f.file(theme), err)
			}
		}
	}
	there, err := filepath.Glob("../../docs/plots/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range there {
		if !wanted[filepath.Base(name)] {
			t.Errorf("%s is no plot that make plots draws", name)
		}
	}
}

// Another figure in a run makes another plot.
func TestPlotsFollowRuns(t *testing.T) {
	text, err := os.ReadFile("../runs/sendfile.tsv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	dir, f, light := t.TempDir(), figures[0], themes()[0]
	column, err := r.column("streamed ratio")
	if err != nil {
		t.Fatal(err)
	}
	row := slices.IndexFunc(r.rows, func(row []string) bool { return slices.Contains(row, "write+copy") })
	r.rows[row][column] = "7"
	changed := "# " + strings.Join(r.columns, "\t") + "\n"
	for _, row := range r.rows {
		changed += strings.Join(row, "\t") + "\n"
	}
	if err := os.WriteFile(filepath.Join(dir, f.runs[0]), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	was, err := f.svg("../runs", light)
	if err != nil {
		t.Fatal(err)
	}
	if is, err := f.svg(dir, light); err != nil || bytes.Equal(is, was) {
		t.Errorf("the same plot of other figures: %v", err)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"# a\tb\n1\n": "2: 1 columns, and the head names 2", "# bytes\tratio\n": "1: no rows", "": "0: no rows",
	} {
		if _, err := parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string]string{
		"# bytes\tway\tns\n1\ta\tx\n": `line 2: "x" is not a positive number`, "# bytes\tway\tns\n0\ta\t1\n": `line 2: "0" is not a positive number`,
		"# bytes\tway\tns\n1\tb\t1\n": `no row has "a" as way`, "# bytes\tway\tms\n1\ta\t1\n": `no column "ns" among ["bytes" "way" "ms"]`,
	} {
		r, err := parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.points("a", "ns"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestBenchmarks(t *testing.T) {
	r, err := parseBench("goos: linux\nBenchmarkA/b-2  10  3 ns/op  7.5 ns/record\nBenchmarkA/b-2  10  1 ns/op\nBenchmarkA/b-2  10  2 ns/op\nPASS\n")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.least("BenchmarkA/b", "ns/op"); err != nil || v != 1 {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := r.least("BenchmarkA/b", "ns/record"); err != nil || v != 7.5 {
		t.Errorf("%v, %v", v, err)
	}
	if _, err := r.least("BenchmarkB", "ns/op"); err == nil || err.Error() != "no benchmark BenchmarkB with ns/op" {
		t.Error(err)
	}
	for text, want := range map[string]string{"ok\n": "1: no benchmark", "BenchmarkA 1 x ns/op\n": `1: "x" is no number`} {
		if _, err := parseBench(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
