package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

const mib = 1 << 20

// sparse makes a file of 8 MiB with data in its second and last MiB, and returns what is in it.
func sparse(t *testing.T, dir string) (name string, content []byte) {
	t.Helper()
	name, content = filepath.Join(dir, "from"), make([]byte, 8*mib)
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(int64(len(content))); err != nil {
		t.Fatal(err)
	}
	for _, offset := range []int{mib, 7 * mib} {
		part := content[offset : offset+mib]
		for i := range part {
			part[i] = byte(i*7 + 1)
		}
		if _, err := f.WriteAt(part, int64(offset)); err != nil {
			t.Fatal(err)
		}
	}
	return name, content
}

// list is what ranges finds in a file.
func list(t *testing.T, name string) (all []dataRange) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range ranges(f, info.Size()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all
}

func TestCopy(t *testing.T) {
	dir := t.TempDir()
	from, content := sparse(t, dir)
	if err := os.Chmod(from, 0o640); err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"", "-clone no", "-zeros", "-f -q"} {
		to := filepath.Join(dir, "to")
		var out strings.Builder
		if err := run(append(strings.Fields(flags), from, to), &out, io.Discard); err != nil {
			t.Fatalf("%s: %v", flags, err)
		}
		if quiet := strings.Contains(flags, "-q"); quiet != (out.Len() == 0) || !quiet && !strings.Contains(out.String(), ": 8 MiB c") {
			t.Errorf("%s: %q", flags, out.String())
		}
		got, err := os.ReadFile(to)
		if err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: %d other bytes, %v", flags, len(got), err)
		}
		t.Logf("%s: %s", flags, out.String())
		if want := list(t, from); !slices.Equal(list(t, to), want) {
			t.Errorf("%s: data in %v, want %v", flags, list(t, to), want)
		}
		a, errA := os.Stat(from)
		b, errB := os.Stat(to)
		if errA != nil || errB != nil || a.Mode() != b.Mode() {
			t.Errorf("%s: mode %v, %v; %v, %v", flags, a, b, errA, errB)
		}
		if err := os.Remove(to); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("left behind: %v, %v", all, err)
	}
}

// Holes are found where the file system has them.
func TestRanges(t *testing.T) {
	from, _ := sparse(t, t.TempDir())
	got := list(t, from)
	if slices.Equal(got, []dataRange{{0, 8 * mib}}) {
		t.Skip("needs a file system that tells holes, which the temporary directory's does not")
	}
	if want := []dataRange{{mib, mib}, {7 * mib, mib}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// seeker is a file whose system has an answer to each question.
type seeker func(offset int64, whence int) (int64, error)

func (s seeker) Seek(offset int64, whence int) (int64, error) { return s(offset, whence) }

func TestRangesOfOddFiles(t *testing.T) {
	if seekData < 0 {
		t.Skip("needs a system whose lseek tells holes")
	}
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		f    seeker
		want []dataRange
		err  error
	}{
		"not told":    {func(int64, int) (int64, error) { return 0, errInvalid }, []dataRange{{0, 10}}, nil},
		"all a hole":  {func(int64, int) (int64, error) { return 0, errNoMore }, nil, nil},
		"broken":      {func(int64, int) (int64, error) { return 0, broken }, []dataRange{{}}, broken},
		"has grown":   {func(o int64, w int) (int64, error) { return o + int64(w-seekData)*50, nil }, []dataRange{{0, 10}}, nil},
		"cut short":   {func(o int64, w int) (int64, error) { return o, map[int]error{seekHole: errNoMore}[w] }, []dataRange{{0, 10}}, nil},
		"every other": {func(o int64, w int) (int64, error) { return o + 1 - (o+int64(w-seekData))%2, nil }, []dataRange{{1, 1}, {3, 1}, {5, 1}, {7, 1}, {9, 1}}, nil},
	} {
		var got []dataRange
		var err error
		for r, e := range ranges(tt.f, 10) {
			got, err = append(got, r), e
		}
		if !slices.Equal(got, tt.want) || !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, %v, want %v, %v", name, got, err, tt.want, tt.err)
		}
	}
}

// Zeros become holes when that is asked for; the edges are no multiples of a block.
func TestZeros(t *testing.T) {
	dir := t.TempDir()
	content := make([]byte, 5*block+17)
	content[block+3], content[len(content)-1] = 1, 1
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, content, 0o666); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{"-zeros", from, to}, &out, io.Discard); err != nil || !strings.Contains(out.String(), " 64.02 KiB in ") {
		t.Errorf("%v, %q", err, out.String())
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d other bytes, %v", len(got), err)
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	from, _ := sparse(t, dir)
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("keep me"), 0o666); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		from + " " + other: "-f replaces it", from + " " + from: "are the same file", "-f " + from + " " + dir: "no regular file",
		dir + " x": "no regular file", filepath.Join(dir, "none") + " x": "none", from + " " + filepath.Join(dir, "no", "dir"): "no",
	} {
		if err := run(strings.Fields(args), io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
	if text, err := os.ReadFile(other); err != nil || string(text) != "keep me" {
		t.Errorf("%q, %v", text, err)
	}
	for args, want := range map[string]string{"": "missing FROM", "a": "missing TO", "a b c": `"c"`, "-clone x a b": "-clone", "-zeros -clone yes a b": "take one"} {
		var log strings.Builder
		if err := run(strings.Fields(args), io.Discard, &log); !errors.Is(err, report.ErrUsage) || !strings.Contains(log.String(), want) {
			t.Errorf("%s: %v, %s", args, err, log.String())
		}
	}
}
