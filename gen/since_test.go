package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/since"
)

// TestSince: the releases that the manifest names are not contradicted by the
// facts of any release, and these are asked for what is bound.
func TestSince(t *testing.T) {
	manifest, err := def.Parse(currentManifest, readFile(t, currentManifest))
	if err != nil {
		t.Fatal(err)
	}
	current, err := facts.Parse(currentFacts, readFile(t, currentFacts))
	if err != nil {
		t.Fatal(err)
	}
	root := ".."
	src := source{root: &root}
	others, err := src.others("defs/freebsd15.facts")
	if err != nil || len(others) < 2 {
		t.Fatalf("%d older releases, want 12.1's and 14.3's: %v", len(others), err)
	}
	for _, f := range others {
		if len(f.Asked) == 0 {
			t.Errorf("the facts of %s do not say what they were asked for: extract them again", f.Release.Name)
		}
	}
	counts, err := since.Complete(manifest, current, others)
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d names, %d of them younger than a release with facts, %d of these worked out", counts.Names, counts.Younger, counts.Derived)
	if counts.Names < 700 || counts.Derived < 50 {
		t.Errorf("%+v: were the facts understood?", counts)
	}
}

// TestNeverAsked binds a struct that the older facts were never asked for: that
// takes the newest facts alone.
func TestNeverAsked(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"defs/freebsd.def", "defs/freebsd12.facts", "defs/freebsd14.facts", "defs/freebsd15.facts"} {
		writeFile(t, dir+"/"+name, readFile(t, "../"+name))
	}
	add := func(name, text string) {
		writeFile(t, dir+"/defs/"+name, append(readFile(t, dir+"/defs/"+name), text...))
	}
	add("freebsd.def", "\nheader sys/brandnew.h\nstruct brandnew Brandnew\nconst BRANDNEW_*\n")
	add("freebsd15.facts", "struct brandnew sys/brandnew.h\n\tsize 4\n\talign 4\n\tfield a offset 0 type int32 c int\nconst BRANDNEW_A sys/brandnew.h 1\n")
	if status, _, stderr := gen(t, dir, "generate"); status != 0 {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	types, err := os.ReadFile(dir + "/zsys/types_system.go")
	if err != nil || !strings.Contains(string(types), "type Brandnew struct") {
		t.Errorf("no type Brandnew: %v", err)
	}
	// Once asked, the older releases tell.
	add("freebsd12.facts", "asked sys/brandnew.h struct.brandnew\n")
	if status, _, stderr := gen(t, dir, "generate"); status != 0 {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	types, err = os.ReadFile(dir + "/zsys/types_system.go")
	before, _, _ := strings.Cut(string(types), "type Brandnew")
	comment := strings.Join(strings.Fields(strings.ReplaceAll(before[strings.LastIndex(before, "\n\n"):], "//", "")), " ")
	if err != nil || !strings.Contains(comment, "Not in FreeBSD 12.1.") {
		t.Errorf("no release with type Brandnew: %v\n%s", err, comment)
	}
}
