package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"testing/fstest"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"github.com/rawsys-go/rawsys/internal/needs"
)

const tests = `package m

import (
	"os"
	"testing"
)

func TestPass(t *testing.T) {}
func TestSkip(t *testing.T) {
	if emulator := os.Getenv("RAWSYS_EMULATOR"); emulator != "" {
		t.Error("runs under ", emulator)
	}
	t.Skip("needs more")
}
func TestFail(t *testing.T) {
	if testing.Short() {
		t.Error("seven is no prime")
	}
}
`

// The host's own architecture stands for all: what differs is one flag of go
// test, which TestExecFlags checks.
func TestRun(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("testarch serves Linux")
	}
	needs.Go(t)
	t.Setenv(gotool.Emulator, "left over from elsewhere")
	dir := t.TempDir()
	if err := os.CopyFS(dir, fstest.MapFS{
		"go.mod":    {Data: []byte("module m\n\ngo 1.26.0\n"), Mode: 0o666},
		"m_test.go": {Data: []byte(tests), Mode: 0o666},
	}); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	arch := runtime.GOARCH
	code386, want386 := 0, `^ok    linux/386 `
	if arch != "386" && (arch != "amd64" || !runs386()) {
		code386, want386 = 1, `^skip  linux/386 +not run: needs an amd64 kernel .*\n1 architectures: 0 ok, 0 failed, not run: 386\n$`
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-arch", arch}, 0, `(?s)^ok    linux/` + arch + ` +\d+\.\ds  2 passed, 0 failed, 1 skipped\n1 architectures: 1 ok, 0 failed\n$`},
		{[]string{"-arch", arch, "-skips", "-json", dir}, 0, `--- SKIP: m TestSkip: m_test.go:13: needs more\nok`},
		{[]string{"-arch", arch, "--", "-short"}, 1, `(?s)--- FAIL: m TestFail.*seven is no prime.*FAIL  linux/` + arch + ` +\d+\.\ds  1 passed, 1 failed, 1 skipped\n.*failed: ` + arch},
		{[]string{"-arch", arch, "--", "-run", "None"}, 1, `FAIL  linux/` + arch + ` .* 0 passed`},
		{[]string{"-arch", arch + ",z80"}, 1, `FAIL  linux/z80 +qemu-z80 is not installed: on Debian, apt-get install qemu-user\n2 architectures: 1 ok, 1 failed\nfailed: z80\n`},
		{[]string{"-arch", arch, "--", "./nosuch"}, 1, `(?s)FAIL: ./nosuch.*directory not found`},
		{[]string{"-nosuch"}, 2, `-nosuch`},
		{[]string{"-arch", "386", "--", "-run", "Pass"}, code386, want386},
	} {
		var out bytes.Buffer
		code := run(t.Context(), c.args, &out, &out)
		if code != c.code || !regexp.MustCompile(c.want).MatchString(out.String()) {
			t.Errorf("testarch %q: exit %d\n%s\nwant exit %d and %s", c.args, code, out.String(), c.code, c.want)
		}
	}
	if events, err := os.ReadFile(filepath.Join(dir, arch+".json")); err != nil || !bytes.Contains(events, []byte(`"Test":"TestPass"`)) {
		t.Errorf("-json left %q, %v", events, err)
	}
}

func TestEmulator(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"qemu-aarch64", "qemu-s390x-static", "qemu-x86_64"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	const missing = "qemu-mipsel is not installed: on Debian, apt-get install qemu-user"
	for arch, want := range map[string]string{"arm64": "qemu-aarch64", "s390x": "qemu-s390x-static", "amd64": "qemu-x86_64", "mipsle": missing} {
		path, err := emulator(arch)
		got := filepath.Base(path)
		if err != nil {
			got = err.Error()
		}
		if arch == runtime.GOARCH {
			want = "."
		}
		if got != want {
			t.Errorf("the emulator for %s is %q, want %q", arch, got, want)
		}
	}
}

// The probe is right about programs of 32 bits if it is a program of 32 bits
// that exits with 0: an emulator says.
func TestExit386(t *testing.T) {
	qemu, err := exec.LookPath("qemu-i386")
	if err != nil {
		t.Skip("needs qemu-i386")
	}
	exe := filepath.Join(t.TempDir(), "exit")
	if err := os.WriteFile(exe, exit386(), 0o777); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), qemu, exe).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
