package tree_test

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// outside is a place without this tree, where the go command finds the tree's modules
// as a version that was published, and all others in the module cache.
type outside struct {
	dir string
	env []string
}

const published = "v0.0.1"

func newOutside(t *testing.T) outside {
	t.Helper()
	needs.Go(t)
	needs.NoRace(t)
	if testing.Short() {
		t.Skip("builds programs from an empty module cache, which takes a while: runs without -short")
	}
	root, proxy := needs.Tree(t), t.TempDir()
	publish(t, root, proxy, module)
	publish(t, filepath.Join(root, "cmd", "vmexec"), proxy, module+"/cmd/vmexec")
	out, err := needs.HostGo("env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	url := func(dir string) string { return "file:///" + strings.TrimPrefix(filepath.ToSlash(dir), "/") }
	cache := filepath.Join(strings.TrimSpace(string(out)), "cache", "download")
	return outside{t.TempDir(), append(os.Environ(), "GOOS=", "GOARCH=", "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off",
		"GOMODCACHE="+t.TempDir(), "GOBIN="+t.TempDir(), "GOPROXY="+url(proxy)+","+url(cache))}
}

// publish puts a module into a proxy, as its version control would give it.
func publish(t *testing.T, dir, proxy, path string) {
	t.Helper()
	at := filepath.Join(proxy, filepath.FromSlash(path), "@v")
	if err := os.MkdirAll(at, 0o777); err != nil {
		t.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"list": published + "\n", published + ".info": fmt.Sprintf("{%q: %q}", "Version", published), published + ".mod": string(mod),
	} {
		if err := os.WriteFile(filepath.Join(at, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(at, published+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	if err := addModule(w, dir, path+"@"+published); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// addModule adds a module's files: what is hidden, built, or another module is none of them.
func addModule(w *zip.Writer, dir, prefix string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			_, other := os.Stat(filepath.Join(name, "go.mod"))
			if name != dir && (strings.HasPrefix(d.Name(), ".") || d.Name() == "bin" || other == nil) {
				return filepath.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		out, err := w.Create(prefix + "/" + filepath.ToSlash(rel))
		if err == nil {
			_, err = out.Write(text)
		}
		return err
	})
}

// run runs the go command there, and skips the test if the module cache lacks what it needs.
func (o outside) run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = o.dir, o.env
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(string(out), "no such file or directory") && strings.Contains(string(out), "reading file:///") {
		t.Skipf("needs modules that the module cache lacks: go mod download in the tree and in cmd/vmexec\n%s", out)
	}
	if err != nil {
		t.Fatalf("go %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// go install and go run of a version work from anywhere.
func TestInstall(t *testing.T) {
	o := newOutside(t)
	o.run(t, "install", module+"/cmd/vmexec@latest")
	if out := o.run(t, "run", module+"/gen@latest", "help"); !strings.Contains(out, "generate") {
		t.Errorf("gen help says %q", out)
	}
}
