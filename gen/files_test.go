package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.facts")
	for _, text := range []string{"first", "second"} {
		if err := replaceFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v; want %q", got, err, text)
		}
	}
	occupied := filepath.Join(dir, "occupied")
	if err := os.MkdirAll(filepath.Join(occupied, "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(occupied, nil); err == nil {
		t.Error("a directory was replaced by a file")
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v: a temporary file was left", entries, err)
	}
	if err := replaceFile(filepath.Join(dir, "none", "a"), nil); err == nil {
		t.Error("a file was written to a directory that isn't there")
	}
}

// TestFewerPorts: facts are not replaced by some that know less.
func TestFewerPorts(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("defs", 0o777); err != nil {
		t.Fatal(err)
	}
	file := &facts.File{Release: facts.Release{System: "freebsd", Name: "15.0", Version: 1500068}, Ports: facts.AllPorts()}
	f := &extractFlags{}
	if err := f.write(file); err != nil {
		t.Fatal(err)
	}
	file.Ports = file.Ports[:1]
	if err := f.write(file); err == nil || !strings.Contains(err.Error(), "of which [amd64] would remain: name another file by -o") {
		t.Errorf("facts of five ports were replaced by one's: %v", err)
	}
	f.out = "other.facts"
	if err := f.write(file); err != nil {
		t.Error(err)
	}
	if got, err := readFacts("defs/freebsd15.facts"); err != nil || len(got.Ports) != 5 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestUsage: what is missing on the command line is named.
func TestUsage(t *testing.T) {
	for args, want := range map[string]string{
		"extract":                          "name a source tree by -src DIR, or a base system by -sysroot DIR",
		"extract -src a -sysroot b":        "name a source tree by -src DIR, or a base system by -sysroot DIR",
		"extract -src a -arch amd64,mips":  `-arch: unknown port "mips"`,
		"extract -src /nonexistent":        "/nonexistent is no FreeBSD source tree",
		"extract -src a -def /nonexistent": "/nonexistent: no such file",
		"extract -src a -cc /nonexistent":  "no C compiler /nonexistent",
		"witness":                          "name a source tree or base system by -headers DIR",
		"witness -headers defs":            "defs is neither a FreeBSD source tree, which has sys/sys/param.h, nor a base system, which has usr/include/sys/param.h",
		"layout stat -arch 386":            "gen layout: -arch stands behind stat: flags go in front",
		"diff freebsd12 freebsd15 -json":   "gen diff: -json stands behind freebsd15: flags go in front",
		"diff freebsd12":                   "name two releases, such as freebsd12 freebsd15",
		"diff freebsd12 freebsd99":         "there are no facts of freebsd99: name one of defs/freebsd12.facts, defs/freebsd14.facts, defs/freebsd15.facts, or extract them",
	} {
		t.Run(args, func(t *testing.T) {
			t.Chdir("..")
			if strings.Contains(args, "extract") && !strings.Contains(args, "-cc") {
				args += " -cc " + os.Args[0] // any program: none of these runs it
			}
			if err := run(strings.Fields(args), &strings.Builder{}); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("gen %s: %v\nwant %s", args, err, want)
			}
		})
	}
}
