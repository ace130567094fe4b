package extract

import (
	"errors"
	"fmt"
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
// none; there the facts of before give the signatures.
func (x *extractor) readTable() (*table, error) {
	if x.Tree.Source {
		return x.readMaster()
	}
	if x.Previous == nil {
		return nil, errors.New("a base system has no system call table: give facts that have the signatures (-previous), or a source tree (-src)")
	}
	t := &table{calls: slices.Clone(x.Previous.Syscalls)}
	for _, c := range t.calls {
		types := []facts.Type{c.Result}
		for _, a := range c.Args {
			types = append(types, a.Type)
		}
		for _, typ := range types {
			if name := string(typ.Base()); typ != "" && isTypeName(typ) && !slices.ContainsFunc(t.typed, func(w text.Word) bool { return w.Text == name }) {
				t.typed = append(t.typed, text.Word{Text: name})
			}
		}
	}
	return t, nil
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
		uses := c.Result.Base() == facts.Type(w.c) || slices.ContainsFunc(c.Args, func(a facts.Arg) bool { return a.Type.Base() == facts.Type(w.c) })
		switch {
		case !uses:
		case slices.Contains(strings.Split(c.Kind, "|"), "COMPAT"):
			c.Result, c.Args = "", nil
		case w.Pos.File == "":
			return fmt.Errorf("type %s of system call %s is not in the headers: extract from a source tree", w.c, c.Name)
		default:
			return w.Errorf("type %s of system call %s is not in the headers: add the one that declares it to TableHeaders in gen/internal/extract", w.c, c.Name)
		}
	}
	return nil
}

// numberPrefix is what sys/syscall.h puts in front of names.
const numberPrefix = "SYS_"

// numbers returns the macros of sys/syscall.h that number a call. A macro that
// stands for another one is a second name.
func (p *probe) numbers() []string {
	var names []string
	for name, m := range p.macros {
		if m.header == "sys/syscall.h" && strings.HasPrefix(name, numberPrefix) && name != "SYS_MAXSYSCALL" && !strings.HasPrefix(m.body, numberPrefix) {
			names = append(names, name)
		}
	}
	return names
}

// syscalls returns the table's calls, in a base system with its own numbers.
// Calls that have none in sys/syscall.h, because only old programs make them,
// are known to be there when the facts of before are of the same version.
func (x *extractor) syscalls(p *probe) []facts.Syscall {
	if x.Tree.Source {
		return x.table.calls
	}
	var calls []facts.Syscall
	var unknown []string
	for _, macro := range p.numbers() {
		name := strings.TrimPrefix(macro, numberPrefix)
		n, ok := p.values[macro].Int64()
		i := slices.IndexFunc(x.table.calls, func(c facts.Syscall) bool { return c.Name == name })
		switch {
		case !ok:
			continue
		case i < 0:
			unknown = append(unknown, name)
			calls = append(calls, facts.Syscall{Number: int(n), Name: name, Kind: "STD"})
		default:
			c := x.table.calls[i]
			c.Number = int(n)
			calls = append(calls, c)
		}
	}
	if x.Previous.Release.Version == x.release.Version {
		for _, c := range x.table.calls {
			if !slices.ContainsFunc(calls, func(have facts.Syscall) bool { return have.Number == c.Number || have.Name == c.Name }) {
				calls = append(calls, c)
			}
		}
	}
	if slices.Sort(unknown); len(unknown) > 0 {
		x.warn("no signature for the new system calls %s: only a source tree has it (-src)", strings.Join(unknown, ", "))
	}
	return calls
}
