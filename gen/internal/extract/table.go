package extract

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// masterFile and capabilityFile hold the system call table; in old releases
// the second says which calls capability mode allows.
const (
	masterFile     = "sys/kern/syscalls.master"
	capabilityFile = "sys/kern/capabilities.conf"
)

// types returns the type names that the table uses.
func (t *table) types() []text.Word { return t.typed }

// readTable reads the system call table of a source tree. A base system has
// none; there the facts of other releases give the signatures.
func (x *extractor) readTable() (*table, error) {
	if x.Tree.Source {
		return x.readMaster()
	}
	if len(x.Others) == 0 {
		return nil, errors.New("a base system has no system call table: give facts that have the signatures (-previous), or a source tree (-src)")
	}
	return x.borrowTable()
}

func (x *extractor) readMaster() (*table, error) {
	src, err := x.Tree.Read(masterFile)
	if err != nil {
		return nil, err
	}
	t, err := parseMaster(filepath.Join(x.Tree.Root, masterFile), src)
	if err != nil {
		return nil, err
	}
	allowed, err := x.Tree.Read(capabilityFile)
	if err == nil {
		t.allow(string(allowed))
	}
	return t, nil
}

// allow marks the calls that a list names, one a line.
func (t *table) allow(list string) {
	names := map[string]bool{}
	for line := range strings.Lines(list) {
		name, _, _ := strings.Cut(line, "#")
		names[strings.TrimSpace(name)] = true
	}
	for i := range t.calls {
		c := &t.calls[i]
		if names[c.Name] && !strings.Contains(c.Kind, "CAPENABLED") {
			c.Kind += "|CAPENABLED"
		}
	}
}

// forget takes their signatures from calls that use a type which only the
// kernel knows. Those are kept for programs of 4.3BSD; in all others such a
// type is an error.
func (t *table) forget(w typeWant) error {
	for i := range t.calls {
		c := &t.calls[i]
		switch {
		case !uses(c, w.c):
		case slices.Contains(strings.Split(c.Kind, "|"), "COMPAT"):
			c.Result, c.Args = "", nil
		default:
			return w.Errorf("type %s of system call %s is not in the headers: add the one that declares it to TableHeaders in gen/internal/extract", w.c, c.Name)
		}
	}
	return nil
}

// drop takes their signatures from calls that use a type.
func (t *table) drop(name string) {
	for i := range t.calls {
		if c := &t.calls[i]; uses(c, name) {
			c.Result, c.Args, c.Variadic = "", nil, false
		}
	}
}

// uses reports whether a call's signature has a type.
func uses(c *facts.Syscall, name string) bool {
	return c.Result.Base() == facts.Type(name) || slices.ContainsFunc(c.Args, func(a facts.Arg) bool { return a.Type.Base() == facts.Type(name) })
}
