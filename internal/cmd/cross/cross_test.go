package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/gotool"
	"github.com/rawsys-go/rawsys/internal/needs"
	"golang.org/x/tools/txtar"
)

// unpack writes an archive of testdata to a directory.
func unpack(t *testing.T, name string) string {
	t.Helper()
	needs.Go(t)
	ar, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	files, err := txtar.FS(ar)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func cross(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestTargets(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library for three targets; run without -short")
	}
	code, out, stderr := cross(t, "-C", unpack(t, "good.txtar"), "-targets", "linux/386,freebsd/arm,android/arm")
	if code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out, stderr)
	}
	for _, want := range []string{
		`(?m)^ok    linux/386 +\d+\.\ds  vet, 1 test binaries, a consumer of 2 packages$`,
		`(?m)^ok    freebsd/arm +\d+\.\ds  vet, 2 test binaries, a consumer of 3 packages$`,
		`(?m)^ok    android/arm +\d+\.\ds  compiled only \(.*C compiler\), a consumer of 2 packages$`,
		`(?m)^3 targets: 3 ok, 0 failed, in \S+ by \d+ workers$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no line like %s in\n%s", want, out)
		}
	}
}

// Each fault of bad.txtar is of one target and one step, and is reported with
// the compiler's or the linker's words, while the others pass.
func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the standard library for three targets; run without -short")
	}
	code, out, _ := cross(t, "-C", unpack(t, "bad.txtar"), "-j", "1", "-targets", "linux/386,freebsd/arm,android/arm,linux/amd64")
	if code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	for _, want := range []string{
		`(?m)^ok    linux/amd64 `,
		`(?m)^FAIL  linux/386 +\d+\.\ds  a consumer of 2 packages\n      go vet: exit status 1\n(      .*\n)*      .*bad_386_test.go:5:\d+: .*overflows`,
		`(?m)^FAIL  freebsd/arm +\d+\.\ds  vet, 1 test binaries\n      consumer of .*\n(      .*\n)*      .*zsys.Fstat`,
		`(?m)^FAIL  android/arm +\d+\.\ds  a consumer of 2 packages\n      go list -export:\n(      .*\n)*      .*bad_android_test.go:6:\d+: undefined: missing`,
		`(?m)^4 targets: 1 ok, 3 failed, in .*\nfailed: freebsd/arm android/arm linux/386$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no text like %s in\n%s", want, out)
		}
	}
}

// Out of time is no failure, and is said. The types are checked first all the same.
func TestTimeLimit(t *testing.T) {
	code, out, _ := cross(t, "-C", unpack(t, "good.txtar"), "-targets", "linux/386,plan9/386", "-for", "1ns")
	want := "2 targets: 0 ok, 0 failed, in 0s by 1 workers\ntypes checked, nothing more: linux/386 plan9/386\n"
	if out = regexp.MustCompile(`in \S+ by \d+ workers`).ReplaceAllString(out, "in 0s by 1 workers"); code != 0 || out != want {
		t.Errorf("exit %d\n%s\nwant 0\n%s", code, out, want)
	}
}

// The types show the faults of packages and tests, not those of a consumer.
func TestTypes(t *testing.T) {
	code, out, _ := cross(t, "-C", unpack(t, "bad.txtar"), "-j", "1", "-targets", "linux/386,freebsd/arm,android/arm,linux/amd64", "-for", "1ns")
	if code != 1 {
		t.Errorf("exit %d, want 1", code)
	}
	for _, want := range []string{
		`(?m)^FAIL  android/arm .*\n      .*bad_android_test.go:6:2: undefined: missing\nFAIL  linux/386 `,
		`(?m)^FAIL  linux/386 .*\n      .*bad_386_test.go:5:\d+: .*overflows.*\n4 targets: 0 ok, 2 failed, `,
		`(?m)^failed: android/arm linux/386\ntypes checked, nothing more: freebsd/arm linux/amd64$`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no text like %s in\n%s", want, out)
		}
	}
}

// An interrupt is no target's fault, and no success.
func TestInterrupt(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	dir := unpack(t, "good.txtar")
	var out bytes.Buffer
	c := checker{dir: dir, packages: []string{"./..."}}
	stop()
	if report(&out, c.checkAll(ctx, []gotool.Target{{OS: "linux", Arch: "386"}}, 1), 1); out.String() != "1 targets: 0 ok, 0 failed, in 0s by 1 workers\nnot reached: linux/386\n" {
		t.Errorf("printed\n%s", &out)
	}
	if code := run(ctx, []string{"-C", dir, "-targets", "linux/386"}, &out, &out); code == 0 {
		t.Errorf("an interrupted check ended with success:\n%s", &out)
	}
}

func TestUsage(t *testing.T) {
	needs.Go(t)
	for _, args := range [][]string{{"-targets", "hurd"}, {"-nosuch"}, {"-targets", "["}} {
		code, out, stderr := cross(t, args...)
		if code != 2 || out != "" || !strings.Contains(stderr, strings.TrimPrefix(args[len(args)-1], "-")) {
			t.Errorf("cross %q: exit %d\n%s%s", args, code, out, stderr)
		}
	}
}
