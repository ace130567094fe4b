package tree_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// consumerMod is what a program requires before it imports the library: modules
// that the library's tools draw in, older than the tools have them.
const consumerMod = `module example.com/consumer

go 1.25.0

require (
	github.com/BurntSushi/toml v1.3.0
	golang.org/x/sync v0.11.0
	golang.org/x/sys v0.20.0
	golang.org/x/tools v0.20.0
)
`

// An import costs nothing: of what a program requires, the library raises
// x/sys and x/tools, to the versions of go.mod, and nothing else; and brings
// in no linter. Whatever go.mod may come to list, toml and x/sync stay.
func TestConsumerVersions(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	c := newConsumer(t)
	before := c.versions(t, consumerMod)
	after := c.versions(t, consumerMod+fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %s => %q\n", module, module, c.root))
	for path, old := range before {
		want := old
		if path == "golang.org/x/sys" || path == "golang.org/x/tools" {
			want = required(t, path)
		}
		if after[path] != want {
			t.Errorf("%s: %s before, %s after importing the library, want %s", path, old, after[path], want)
		}
	}
	for path, version := range after {
		for _, tool := range []string{"honnef.co/", "github.com/golangci/", "github.com/diskfs/"} {
			if strings.HasPrefix(path, tool) {
				t.Errorf("the library draws in %s %s", path, version)
			}
		}
	}
	t.Logf("before %v\nafter %v", before, after)
}

// consumer is a module outside the tree whose go command reaches no network: it
// has the module cache as a proxy, and beside it go.mod files of older versions.
type consumer struct{ root, dir, proxy, cache string }

func newConsumer(t *testing.T) consumer {
	t.Helper()
	out, err := needs.HostGo("env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	c := consumer{root: needs.Tree(t), dir: t.TempDir(), proxy: t.TempDir(), cache: strings.TrimSpace(string(out))}
	if _, err := os.Stat(filepath.Join(c.cache, "cache", "download", "golang.org", "x", "sys")); err != nil {
		t.Skip("needs the module cache, which the tests were built from, but it is not there:", err)
	}
	// What toml and the others say of their own needs, as far as it counts here.
	for path, version := range map[string]string{
		"github.com/!burnt!sushi/toml": "v1.3.0", "golang.org/x/sync": "v0.11.0",
		"golang.org/x/sys": "v0.20.0", "golang.org/x/tools": "v0.20.0",
	} {
		real := strings.ReplaceAll(strings.ReplaceAll(path, "!b", "B"), "!s", "S")
		c.write(t, filepath.Join(c.proxy, path, "@v", version+".mod"), "module "+real+"\n\ngo 1.18\n")
		c.write(t, filepath.Join(c.proxy, path, "@v", version+".info"), fmt.Sprintf("{%q: %q}", "Version", version))
	}
	return c
}

func (c consumer) write(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.FromSlash(name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// versions returns the versions that the go command selects for a go.mod.
func (c consumer) versions(t *testing.T, mod string) map[string]string {
	t.Helper()
	c.write(t, filepath.Join(c.dir, "go.mod"), mod)
	cmd := exec.Command("go", "list", "-e", "-mod=mod", "-m", "-f", "{{.Path}} {{.Version}}", "all") // -e: no dates of versions
	cmd.Dir = c.dir
	url := func(dir string) string { return "file:///" + strings.TrimPrefix(filepath.ToSlash(dir), "/") }
	cmd.Env = append(os.Environ(), "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off", "GOMODCACHE="+t.TempDir(),
		"GOPROXY="+url(c.proxy)+","+url(filepath.Join(c.cache, "cache", "download")))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -m all: %v\n%s", err, stderr.String())
	}
	versions := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if path, version, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.Contains(path, "/") {
			versions[path] = version
		}
	}
	return versions
}

// required returns the version of a module in the library's go.mod.
func required(t *testing.T, path string) string {
	t.Helper()
	for line := range strings.Lines(read(t, "go.mod")) {
		if word := strings.Fields(line); len(word) >= 2 && word[0] == path {
			return word[1]
		}
	}
	t.Errorf("go.mod does not require %s", path)
	return ""
}
