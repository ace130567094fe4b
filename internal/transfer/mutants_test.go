//go:build unix

package transfer_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// mutants are faults that libraries shipped, and others like them, as changes
// to this package. Each must be caught by its tests, most by those on the models.
var mutants = []struct{ fault, file, from, to string }{
	{"after EINTR the same bytes again", "kernel.go",
		"r := m.sys.rule(err)", "r := m.sys.rule(err)\n\tif r.Action == Retry {\n\t\tn = 0\n\t}"},
	{"offset not advanced", "kernel.go", "pos := m.job.pos()", "pos := m.job.Offset"},
	{"offset not advanced in the copy", "copy.go", "pos := m.job.pos()\n\tbuf", "pos := m.job.Offset\n\tbuf"},
	{"offset not advanced in the copy of whole blocks", "copy.go", "pos := m.job.pos()\n\tskip", "pos := m.job.Offset\n\tskip"},
	{"header twice", "kernel.go", "h := m.head.advance(n)", "h := min(n, m.head.left)"},
	{"header twice after an error", "machine.go", "m.head.start(job.Headers, job.Header)", "m.head.start(job.Headers, 0)"},
	{"trailer twice after an error", "machine.go", "m.tail.start(job.Trailers, job.Trailer)", "m.tail.start(job.Trailers, 0)"},
	{"no header for an empty file", "machine.go", "m.head.left+m.tail.left == 0", "m.tail.left == 0"},
	{"headers that vanish with an empty file taken for sent", "kernel.go",
		"h := m.head.advance(n)", "if err == nil {\n\t\tm.head.advance(m.head.left)\n\t}\n\th := m.head.advance(n)"},
	{"trailer after a short file", "job.go", "return j.EOF && j.File < j.Count", "return false"},
	{"trailer with the last bytes of a short file", "copy.go", "m.eof && m.job.Count == ToEOF ||", "m.eof ||"},
	{"fallback from byte 0", "kernel.go", "m.job.Refused = true\n\t\t\treturn", "m.job.Refused, m.job.File = true, 0\n\t\t\treturn"},
	{"fallback forgets the header that left", "kernel.go",
		"m.job.Refused = true\n\t\t\treturn", "m.job.Refused = true\n\t\t\tm.head.start(m.job.Headers, 0)\n\t\t\treturn"},
	{"an empty range taken for the whole file", "job.go",
		"j.EOF || j.File == j.Count", "j.EOF || j.Count > 0 && j.File == j.Count"},
	{"to the end of the file, trailers after the first chunk", "job.go",
		"j.EOF || j.File == j.Count", "j.EOF || j.File > 0 && j.File >= j.Count"},
	{"body short by the header's length", "job.go",
		"j.EOF || j.File == j.Count", "j.EOF || j.Count > 0 && j.Header+j.File >= j.Count"},
	{"macOS headers in the call, whose length counts them", "darwin.go", "Max:  0x7ffff000,", "Max: 0x7ffff000, InCall: true,"},
	{"EINTR as a reason to fall back", "linux.go", "{syscall.EINTR, Retry,", "{syscall.EINTR, Refuse,"},
	{"EINTR shown to the caller", "rules_unix.go", "{syscall.EINTR, Retry,", "{syscall.EINTR, Fail,"},
	{"sbytes believed where it is undefined", "freebsd.go", "{syscall.EINVAL, Refuse, false", "{syscall.EINVAL, Refuse, true"},
	{"a count believed that Linux does not give", "linux.go", "{syscall.EINTR, Retry, false", "{syscall.EINTR, Retry, true"},
	{"EAGAIN's progress ignored", "freebsd.go", "{syscall.EAGAIN, Wait, true", "{syscall.EAGAIN, Wait, false"},
	{"EAGAIN taken for failure", "linux.go", "{syscall.EAGAIN, Wait,", "{syscall.EAGAIN, Fail,"},
	{"sbytes believed of a file that is being destroyed", "freebsd.go", "{syscall.EBADF, Fail, false", "{syscall.EBADF, Fail, true"},
	{"more than was asked for believed", "kernel.go", "n < 0 || n > m.head.left+ask", "n < 0"},
	{"a negative count believed", "kernel.go", "n < 0 || n > m.head.left+ask", "n > m.head.left+ask"},
	{"progress of a broken connection ignored", "freebsd.go", "Counts: true", "Counts: false"},
	{"progress of a broken connection ignored on macOS", "darwin.go", "Counts: true", "Counts: false"},
	{"progress of a broken connection ignored on DragonFly", "dragonfly.go", "Counts: true", "Counts: false"},
	{"progress of a broken connection ignored on Solaris", "solaris.go", "Counts: true", "Counts: false"},
	{"progress of a broken connection invented", "linux.go", "Counts: false", "Counts: true"},
	{"EBUSY hidden from a caller who asked for it", "kernel.go", "if m.flags&NoDiskIO == 0 {", "if true {"},
	{"short write taken for whole", "machine.go", "m.wrote(int64(n))", "m.wrote(sum(m.win[:]))"},
	{"buffer sent again after a short write", "machine.go", "m.lo += int(f)", "m.lo += 0"},
	{"end of file before the bytes in front of it", "copy.go", "m.eof && m.lo == m.hi", "m.eof"},
	{"short read taken for the end of file", "copy.go", "m.hi < len(buf) && pos+int64(m.hi) == m.size", "m.hi < len(buf)"},
	{"short count taken for the end of file", "kernel.go", "case f > 0:\n", "case f > 0:\n\t\tm.job.EOF = f < m.job.ask()\n"},
	{"sendfile believed that gives nothing of a file that has bytes", "kernel.go",
		"NoDiskIO == 0:\n\t\tm.doubted = true", "NoDiskIO == 0:\n\t\tm.job.EOF = true"},
	{"slices beyond the window lost", "job.go", "return dst, false", "v.left = min(v.left, sum(dst))\n\t\t\treturn dst, true"},
	{"more written at once than 32 bits can count", "job.go", "maxWrite = 1 << 29", "maxWrite = 1 << 40 >> 1"},
	{"rest of a slice lost that is cut for being long", "job.go", "append(dst, b[:room]), false", "append(dst, b[:room]), true"},
	{"a negative count of a write taken for progress", "machine.go", "err == nil && n <= 0", "err == nil && n == 0"},
	{"error with the last bytes swallowed", "machine.go", "case done && (err == nil || m.wait):", "case done:"},
	{"success without a byte taken for the end where read may not be asked", "kernel.go", "err == nil && m.job.pos() < size", "err == nil && m.job.pos() < size && false"},
	{"a reader's impossible count believed", "stream.go", "n, err := readAt(r, p, j.pos())", "n, err := r.ReadAt(p, j.pos())"},
	{"a reader's nothing taken for the clean end of a cut message", "stream.go", "err == io.EOF || n == 0 && err == nil", "err == io.EOF"},
	{"a source's error dropped", "stream.go", "n += f\n\t\tif err != nil {", "n += f\n\t\tif err == nil && n < 0 {"},
	{"a header read before a file that cannot be", "stream.go", "f == 0 && j.Sent() == 0", "f < 0"},
	{"a file that was short once taken for short for ever", "job.go", "j.EOF = false", "j.EOF = true"},
	{"an error that came with bytes forgotten", "copy.go", "m.broken = err\n", "_ = err\n"},
	{"a trailer after bytes that came with an error", "copy.go", "case m.broken != nil:", "case m.broken != nil && false:"},
	{"done before an error that came with the last bytes", "machine.go", "m.done() && m.broken == nil", "m.done()"},
	{"bytes that came with an error dropped", "machine.go", "m.broken != nil && m.lo == m.hi", "m.broken != nil"},
	{"a header before it is known that no file can follow", "kernel.go", "for !m.job.Checked {", "for false {"},
	{"a section that has no end", "job.go", "if j.Limit != 0 {", "if false {"},
	{"whole blocks sent where a part was wanted", "copy.go", "m.lo = min(skip, n)", "m.lo = 0"},
	{"a file that wants whole blocks read in parts", "copy.go", "m.blocks = true", "return err"},
	{"a buffer that ends with a small file", "machine.go", "m.want = rest + 1", "m.want = rest"},
	{"bytes that were read with an error not counted", "stream.go", "j.File += int64(n)\n", "if err == nil || err == io.EOF {\n\t\tj.File += int64(n)\n\t}\n"},
	{"the end of the file taken for an error of the source", "stream.go", "j.EOF, err = j.Count == ToEOF || j.File < j.Count, nil", "j.EOF = j.Count == ToEOF || j.File < j.Count"},
	{"a Unix socket given to FreeBSD's sendfile", "freebsd.go", "{Local, syscall", "{0, syscall"},
	{"a socket with a tiny buffer given to FreeBSD's sendfile", "freebsd.go", "{Tiny, syscall", "{0, syscall"},
	{"a destination judged fit without a look", "kernel.go", "if m.fit || ", "if m.job.Header > 0 || m.fit || "},
	{"a destination that is avoided copied to where nothing may be read", "kernel.go", "return m.sent(0, ask, err)", "m.job.Refused = true\n\t\treturn \"\", nil"},
	{"a late refusal not believed", "kernel.go", "case Refuse, Busy:\n\t\tif m.flags&NoDiskIO == 0 {", "case Refuse, Busy:\n\t\tif m.flags&NoDiskIO == 0 && m.job.File == 0 {"},
	{"a late refusal taken for the end of the file", "kernel.go", "m.job.Refused = true\n\t\t\treturn", "m.job.Refused, m.job.EOF = true, m.job.File > 0\n\t\t\treturn"},
	{"a late refusal copied from where the kernel began", "kernel.go", "m.job.Refused = true\n\t\t\treturn", "m.job.Refused, m.job.Offset = true, m.job.Offset-m.job.File\n\t\t\treturn"},
	{"a source that fails late taken for one that ends", "copy.go", "case m.hi == 0:\n\t\t\treturn err", "case m.hi == 0 && m.job.File == 0:\n\t\t\treturn err\n\t\tcase m.hi == 0:\n\t\t\tm.eof = true"},
	{"bytes left waiting for more", "machine.go", "if m.held || cut || m.holding {", "if cut || m.holding {"},
	{"end of a file that shrank left waiting", "kernel.go", "m.sys.Holds && f < ask", "false"},
	{"pushed at each wait of a large file", "machine.go", "m.cut && !m.wait", "m.cut"},
	{"asked for more than there is", "kernel.go", "rest > 0:", "rest > 1<<60:"},
	{"the size that Start saw taken for the end", "kernel.go", "m.copying = true\n\t\treturn", "m.job.EOF = true\n\t\treturn"},
	{"a file that grew copied to its end", "machine.go", "m.copying = false //", "//"},
	{"one buffer more copied of a file that grew", "kernel.go", "case rest == 0 && m.size > 0:", "case m.size > 0:"},
	{"copied what may not be read", "machine.go", "job.Refused = false", "_ = job.Refused"},
	{"a pair that gave nothing once never asked again", "kernel.go", "m.doubted = true", "m.job.Refused = true"},
	{"pushed where nothing is held", "machine.go", "m.sys.Holds && more", "more"},
	{"a trailer that waits for an acknowledgement", "machine.go", "m.job.Sent() > 0 && (!more", "false && (!more"},
	{"a file that waits for its header's acknowledgement", "kernel.go", "m.job.Sent() > 0 && m.job.Way&ByKernel == 0", "false"},
	{"a destination hurried for good", "machine.go", "	if m.prompt {\n", "	if false {\n"},
	{"no flush of what a hold kept back", "machine.go", "if m.held || cut || m.holding {", "if m.held || cut {"},
}

// TestMutants compiles each mutant and lets the other tests run on it.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package once for each mutant: not with -short")
	}
	needs.NoRace(t)
	needs.Go(t)
	needs.Tree(t)
	for _, m := range mutants {
		t.Run(strings.ReplaceAll(m.fault, " ", "_"), func(t *testing.T) {
			t.Parallel()
			overlay := mutate(t, m.file, m.from, m.to)
			cmd := needs.HostGo("test", "-short", "-count=1", "-timeout=2m", "-failfast", "-vet=off", "-ldflags=-s -w", "-overlay="+overlay, "-skip=^TestMutants$", ".")
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			switch {
			case err == nil:
				t.Errorf("not caught: %s\n%s", m.fault, out)
			case !errors.As(err, &exit) || strings.Contains(string(out), "[build failed]"), strings.Contains(string(out), "test timed out"):
				t.Errorf("%v\n%s", err, out)
			default:
				t.Logf("%s: caught: %s", m.fault, evidence(string(out)))
			}
		})
	}
}

// mutate writes a changed file and the overlay that puts it into the package.
func mutate(t *testing.T, file, from, to string) string {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(src), from); n != 1 {
		t.Fatalf("%s has %q %d times, not once", file, from, n)
	}
	dir := t.TempDir()
	changed := filepath.Join(dir, file)
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "overlay.json")
	for name, data := range map[string][]byte{changed: []byte(strings.Replace(string(src), from, to, 1)), name: overlay} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}

// evidence is the first line of a test's output that says what was wrong.
func evidence(out string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, "_test.go:") || strings.HasPrefix(line, "panic: ") {
			return strings.TrimSpace(line)
		}
	}
	return strings.TrimSpace(out)
}
