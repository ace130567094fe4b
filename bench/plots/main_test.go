package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The plots of docs are those of the stored run.
func TestPlots(t *testing.T) {
	text, err := os.ReadFile("../runs/sendfile.tsv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := parse(string(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, theme := range themes() {
		name := "sendfile-" + theme.name + ".svg"
		file := filepath.Join(t.TempDir(), name)
		if err := drawRun(r, theme, file); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(filepath.Join("../../docs/plots", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("docs/plots/%s is not what make plots draws: %v", name, err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for text, want := range map[string]string{
		"# a\tb\n1\n":      "2: 1 columns, and the head names 2",
		"# a\tb\n1\tx\n":   `2: "x" is not a positive number`,
		"# a\tb\n0\t1\n":   `2: "0" is not a positive number`,
		"# bytes\tratio\n": "1: no rows",
	} {
		if _, err := parse(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
