package headers

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// touch makes empty files in a new directory.
func touch(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestOpenSource: headers that lie in different places of a source tree are
// found as one include directory, for each port its own.
func TestOpenSource(t *testing.T) {
	dir := touch(t, "sys/sys/param.h", "include/stdio.h", "sys/i386/include/own.h", "sys/amd64/include/own.h", "sys/x86/include/both.h", "sys/riscv/include/rv.h")
	tree, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		port   facts.Port
		header string
		want   bool
	}{
		{facts.AMD64, "sys/param.h", true}, {facts.ARM, "stdio.h", true}, {facts.I386, "machine/own.h", true}, {facts.AMD64, "x86/both.h", true},
		{facts.ARM, "x86/both.h", false}, {facts.RISCV64, "machine/rv.h", true}, {facts.ARM64, "machine/rv.h", false}, {facts.AMD64, "none.h", false},
	} {
		if got := tree.Has(tt.port, tt.header); got != tt.want {
			t.Errorf("%s has %s: %t", tt.port, tt.header, got)
		}
	}
	machine := filepath.Join(tree.Include(facts.I386)[0], "machine/own.h")
	if got := tree.Name(facts.I386, machine); got != "machine/own.h" {
		t.Errorf("Name(%s) = %s", machine, got)
	}
	if got := tree.Name(facts.I386, filepath.Join(dir, "sys/sys/param.h")); got != "sys/param.h" {
		t.Errorf("Name of sys/param.h is %s", got)
	}
	if err := tree.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(machine); err == nil {
		t.Error("Close left the links behind")
	}
}

func TestWithoutComments(t *testing.T) {
	const src = "/* one\n * // two */#include <a.h> // three /* four\n#define A 4/2 /**/ /* unfinished"
	if got, want := withoutComments(src), " #include <a.h> \n#define A 4/2    "; got != want {
		t.Errorf("%q; want %q", got, want)
	}
}

func TestOpenErrors(t *testing.T) {
	source, base := touch(t, "sys/sys/param.h"), touch(t, "usr/include/sys/param.h")
	for _, tt := range []struct {
		open func(string) (*Tree, error)
		dir  string
		want string
	}{
		{OpenSource, source, "is no FreeBSD source tree: it has no include/stdio.h"},
		{OpenSource, base, "is no FreeBSD source tree: it has no sys/sys/param.h (an unpacked base system goes with -sysroot)"},
		{OpenSysroot, source, "is no FreeBSD base system: it has no usr/include/sys/param.h (a source tree goes with -src)"},
		{Open, t.TempDir(), "is neither a FreeBSD source tree, which has sys/sys/param.h, nor a base system, which has usr/include/sys/param.h"},
	} {
		if tree, err := tt.open(tt.dir); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, %v; want %s", tree, err, tt.want)
		}
	}
}
