//go:build unix

package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLongestFirst(t *testing.T) {
	s := new(suiteReport)
	for name := range strings.FieldsSeq("a new1 b c new2 d") {
		var p program
		p.Path = name
		s.add(goPackage{ImportPath: name, toolchain: toolchain{goarch: "386"}}, p)
	}
	s.longestFirst(times{"386 a": 1, "386 b": 0.5, "386 c": 100, "386 d": 1, "amd64 new1": 3})
	var got []string
	for i, p := range s.packages {
		got = append(got, p.ImportPath)
		if s.programs[i].Path != p.ImportPath {
			t.Errorf("package %s has program %s", p.ImportPath, s.programs[i].Path)
		}
	}
	if want := strings.Fields("new1 new2 c a d b"); !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestTimes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache", "times.json")
	for _, step := range []struct {
		before string // written to the file, unless empty
		add    times
		want   times
	}{
		{"", nil, nil},
		{"", times{"amd64 a": 1.5}, times{"amd64 a": 1.5}},
		{"", times{"amd64 a": 2, "386 b": 3}, times{"amd64 a": 2, "386 b": 3}},
		{`{"amd64 a": `, nil, nil},
		{`["a"]`, times{"386 b": 4}, times{"386 b": 4}},
	} {
		if step.before != "" {
			if err := os.WriteFile(path, []byte(step.before), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := step.add.keep(path); err != nil {
			t.Error(err)
		}
		if got := readTimes(path); !maps.Equal(got, step.want) {
			t.Errorf("%v, want %v", got, step.want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.tmp")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := (times{"amd64 a": 1}).keep(""); err != nil {
		t.Errorf("without a cache: %v", err)
	}
}
