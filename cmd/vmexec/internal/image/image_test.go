//go:build unix

package image

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/iso9660"
	"github.com/google/go-cmp/cmp"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

func TestMountPoints(t *testing.T) {
	got := MountPoints("/tmp/go-build1/b001/x.test", "/Users/me/go/src", "/tmp", "/", "/Users", "")
	if want := []string{"/Users", "/tmp"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	init := filepath.Join(dir, "program")
	program := strings.Repeat("init", 1000)
	if err := os.WriteFile(init, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "root.iso")
	if err := Root(path, init, []string{"/tmp", "/Users", "/with space and-ä"}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	iso, err := iso9660.Read(file.New(f, true), 0, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	top, err := iso.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range top {
		if !e.IsDir() {
			t.Errorf("%s is no directory", e.Name())
		}
		names = append(names, e.Name())
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"Users", "dev", "sbin", "tmp", "with space and-ä"}, names); diff != "" {
		t.Error(diff)
	}
	checkInit(t, iso, program)
	left, _ := filepath.Glob(filepath.Join(dir, "root*"))
	if len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

func checkInit(t *testing.T, iso *iso9660.FileSystem, program string) {
	t.Helper()
	in, err := iso.OpenFile(strings.TrimPrefix(Init, "/"), os.O_RDONLY)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(in)
	if err != nil || string(data) != program {
		t.Errorf("%s: %d bytes, %v", Init, len(data), err)
	}
	entries, err := iso.ReadDir("sbin")
	if err != nil || len(entries) != 1 {
		t.Fatalf("sbin: %v %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("init's mode %v, %v: the kernel could not start it", info.Mode(), err)
	}
}

// tree makes a directory with everything that a module may hold.
func tree(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "module")
	for name, text := range map[string]string{
		"go.mod": "module x\n", "a/a.go": "package a\n", "a/testdata/in.txt": "in", ".git/config": "secret",
		"sub/.git": "gitdir: elsewhere\n", "a/testdata/.hidden": "h", "a/testdata/ünïcode name": "u",
		"a/testdata/" + strings.Repeat("long", 60): "l",
	} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	err := errors.Join(
		os.Chmod(filepath.Join(root, "a/testdata/in.txt"), 0o400),
		os.Chtimes(filepath.Join(root, "a/testdata/in.txt"), time.Time{}, time.Unix(1e9, 0)),
		os.Symlink("in.txt", filepath.Join(root, "a/testdata/link")),
		os.Mkdir(filepath.Join(root, "a/empty"), 0o755),
	)
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// read returns the headers and contents of an archive after the job.
func read(t *testing.T, path string) (job wire.Job, headers map[string]*tar.Header, texts map[string]string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	headers, texts = map[string]*tar.Header{}, map[string]string{}
	r := tar.NewReader(f)
	for first := true; ; first = false {
		h, err := r.Next()
		if err == io.EOF {
			return job, headers, texts
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if first {
			if err := json.Unmarshal(data, &job); h.Name != wire.JobFile || err != nil {
				t.Fatalf("first is %s: %v", h.Name, err)
			}
			continue
		}
		if headers[h.Name] != nil {
			t.Errorf("%s is there twice", h.Name)
		}
		headers[h.Name], texts[h.Name] = h, string(data)
	}
}

func TestFiles(t *testing.T) {
	root := tree(t)
	path := filepath.Join(t.TempDir(), "files.tar")
	job := wire.Job{Hostname: "h", Runs: []wire.Run{{Path: "/x.test", Args: []string{"-a=b c", ""}, Timeout: time.Second}}}
	f, err := Create(path, &job, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(f.Text("/etc/hosts", "127.0.0.1 localhost\n"), f.Tree(root), f.Dir(root+"/a"), f.Dir("/new/dir"),
		f.FileAs("/boot/kernel/m.ko", filepath.Join(root, "go.mod")), f.Close())
	if err != nil {
		t.Fatal(err)
	}
	got, headers, texts := read(t, path)
	if diff := cmp.Diff(job, got); diff != "" {
		t.Error(diff)
	}
	for name, want := range map[string]string{
		"/etc/hosts": "127.0.0.1 localhost\n", "/boot/kernel/m.ko": "module x\n",
		root + "/a/testdata/in.txt": "in", root + "/a/testdata/.hidden": "h",
		root + "/a/testdata/ünïcode name":                  "u",
		root + "/a/testdata/" + strings.Repeat("long", 60): "l",
	} {
		if texts[name] != want {
			t.Errorf("%s: %q, want %q", name, texts[name], want)
		}
	}
	for _, dir := range []string{"/new/", "/new/dir/", root + "/", root + "/a/empty/"} {
		if h := headers[dir]; h == nil || h.Typeflag != tar.TypeDir {
			t.Errorf("directory %s: %+v", dir, h)
		}
	}
	in, link := headers[root+"/a/testdata/in.txt"], headers[root+"/a/testdata/link"]
	if in.Mode != 0o400 || !in.ModTime.Equal(time.Unix(1e9, 0)) || in.Uid != 0 {
		t.Errorf("in.txt: %+v", in)
	}
	if link == nil || link.Typeflag != tar.TypeSymlink || link.Linkname != "in.txt" {
		t.Errorf("link: %+v", link)
	}
	for name := range headers {
		if strings.Contains(name, "/.git") {
			t.Errorf("%s is in the image", name)
		}
	}
	if info, err := os.Stat(path); err != nil || info.Size()%block != 0 {
		t.Errorf("the image is no whole number of blocks: %v %v", info.Size(), err)
	}
}

func TestTooBig(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int64{"small": 10, "large.bin": 3 << 20, "medium": 1 << 20} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Create(filepath.Join(t.TempDir(), "files.tar"), &wire.Job{}, 2<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got *fault.Fault
	if err := f.Tree(dir); !errors.As(err, &got) {
		t.Fatalf("got %v", err)
	}
	if got.Status != fault.Image || !strings.Contains(got.Remedy, "large.bin (3 MiB)") || !strings.Contains(got.Remedy, "-mem") {
		t.Errorf("got %+v", got)
	}
}

func TestUnreadable(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "files.tar"), &wire.Job{}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Tree(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A path that the guest cannot make is refused here, by name.
func TestLongPaths(t *testing.T) {
	f, err := Create(filepath.Join(t.TempDir(), "files.tar"), &wire.Job{}, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	longest := strings.Repeat("/"+strings.Repeat("d", 255), 3) + "/" + strings.Repeat("e", 254)
	if len(longest) != 1023 {
		t.Fatal(len(longest))
	}
	if err := f.Text(longest, "x"); err != nil {
		t.Errorf("a path of 1023 bytes: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink(longest+"f", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{"file": f.Text(longest+"f", "x"), "directory": f.Dir(longest + "g"), "link": f.Tree(dir)} {
		var got *fault.Fault
		if !errors.As(err, &got) || got.Status != fault.Image || !strings.Contains(got.Problem, longest) {
			t.Errorf("%s of 1024 bytes: %v", what, err)
		}
	}
}
