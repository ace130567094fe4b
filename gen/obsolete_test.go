package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/rawsys-go/rawsys/gen/internal/emit"
	"github.com/rawsys-go/rawsys/internal/needs"
)

// stub stands for gen in a module that has nothing else of this one: it runs the
// test binary as gen.
const stub = `package main

import (
	"os"
	"os/exec"
)

func main() {
	cmd := exec.Command(os.Getenv("RAWSYS_TEST_BINARY"), os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		os.Exit(1)
	}
}
`

// TestObsolete runs go generate where a change of the manifest has made generated
// files obsolete, the first and the last of each directory among them. One run
// removes them, leaves what was written by hand, and succeeds.
func TestObsolete(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	ar, err := txtar.ParseFile("testdata/golden/structs.txtar")
	if err != nil {
		t.Fatal(err)
	}
	in, want := split(ar)
	dir := t.TempDir()
	byHand := map[string][]byte{
		"defs/freebsd.def": in[0].Data, "defs/freebsd15.facts": in[1].Data,
		"go.mod": []byte("module example.com/rawsys\n\ngo 1.26.0\n"), "doc.go": []byte("package rawsys\n"),
		"gen/main.go": []byte(stub), "zsys/zsys.go": readFile(t, "../zsys/zsys.go"),
	}
	for name, content := range byHand {
		writeFile(t, filepath.Join(dir, name), content)
	}
	for _, name := range []string{"errno_gen.go", "zsys/aaa.go", "zsys/calls_freebsd_lp64.go", "zsys/types_zzz.go"} {
		pkg := map[bool]string{true: "rawsys", false: "zsys"}[filepath.Dir(name) == "."]
		writeFile(t, filepath.Join(dir, name), []byte("// "+emit.Marker+"\n\npackage "+pkg+"\n"))
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := needs.HostGo("generate", "./...")
	cmd.Dir = dir
	cmd.Env = append(cmd.Env, "GOWORK=off", "RAWSYS_TEST_BINARY="+exe, asGen+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go generate: %v\n%s", err, out)
	}
	maps.Copy(want, byHand)
	got := tree(t, dir)
	for name, content := range want {
		if path := filepath.Join(dir, filepath.FromSlash(name)); got[path] != string(content) {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got[path], content)
		} else {
			delete(got, path)
		}
	}
	if len(got) > 0 {
		t.Errorf("still there: %q", slices.Sorted(maps.Keys(got)))
	}
}
