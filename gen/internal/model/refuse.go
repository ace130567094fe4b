package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// unmakeable are calls that a stub could be printed for, and that would wreck
// Go's runtime.
var unmakeable = map[string]string{
	"vfork":       "runs the child on its parent's stack, which Go's scheduler moves and reuses: use fork with raw, or os/exec",
	"thr_exit":    "ends a thread that belongs to Go's scheduler: leave it out",
	"sigreturn":   "replaces the registers of a thread that belongs to Go's scheduler, and does not return: leave it out",
	"setcontext":  "replaces the registers of a thread that belongs to Go's scheduler, and does not return: leave it out",
	"swapcontext": "replaces the registers of a thread that belongs to Go's scheduler: leave it out",
}

// copies are calls after which a second process runs in Go's memory, with one
// thread alone: it must not enter the scheduler.
var copies = []string{"fork", "rfork", "pdfork"}

// refuse names calls that no stub can make.
func refuse(it *def.Call, f *facts.Syscall) error {
	kinds := strings.Split(f.Kind, "|")
	why, bad := unmakeable[f.Name]
	switch {
	case !current(f):
		return fmt.Errorf("is %s: not a call of this release", f.Kind)
	case bad:
		return errors.New(why)
	case f.Result == "":
		return errors.New("has no signature in the facts: extract them from a source tree, with -src")
	case f.Variadic, slices.Contains(kinds, "SYSMUX"):
		return errors.New("takes a varying number of arguments, which a stub cannot")
	case slices.Contains(kinds, "NORETURN"):
		return errors.New("does not return: a stub that says so is not to be had in Go")
	case slices.Contains(copies, f.Name) && !it.Raw:
		return errors.New("leaves one thread in the copy, in which Go's scheduler would wait for the others: add raw, so that the scheduler is not told")
	}
	return nil
}

// headWords refuses words of the manifest's head that fit nothing in the facts.
func (b *builder) headWords() {
	for _, c := range b.def.CTypes {
		if !b.spelled(c.Name.Text) {
			b.errorf(c.Name, "the facts have no type %s, and no field or argument spells one so: correct the name, or remove the line", c.Name.Text)
		}
	}
	for _, d := range b.def.Descriptors {
		fits := func(s facts.Syscall) bool {
			return slices.ContainsFunc(s.Args, func(a facts.Arg) bool { return a.Name == d.Text && a.Type == "int" })
		}
		if !slices.ContainsFunc(b.facts.Syscalls, fits) {
			b.errorf(d, "no system call has an int argument %s: correct the name, or remove the word", d.Text)
		}
	}
}

// spelled reports whether anything in the facts is of a type by that name.
func (b *builder) spelled(c string) bool {
	if b.facts.Typedef(c) != nil {
		return true
	}
	for _, s := range b.facts.Structs {
		if slices.ContainsFunc(s.Fields, func(f facts.Field) bool { return f.C == c }) {
			return true
		}
	}
	return slices.ContainsFunc(b.facts.Syscalls, func(s facts.Syscall) bool {
		return string(s.Result.Base()) == c || slices.ContainsFunc(s.Args, func(a facts.Arg) bool { return string(a.Type.Base()) == c })
	})
}

// checkPointee wants what the manifest says is behind a pointer to be what C has
// there: the kernel reads and writes as much.
func (b *builder) checkPointee(o def.Arg, t facts.Type, p facts.Port) error {
	elem, ok := t.Pointer()
	chosen, pointer := strings.CutPrefix(o.Type.Text, "*")
	if !ok || !pointer || elem == "void" || elem == "char" || elem == "func" {
		return nil
	}
	res, err := b.facts.Resolve(elem, p)
	if err != nil {
		return nil // the facts do not know what it is
	}
	want, err := b.facts.LayoutOf(res, p)
	if err != nil {
		return nil
	}
	if have, ok := b.sizeOf(chosen, p); ok && have != want.Size {
		return fmt.Errorf("argument %s points at %s, %d bytes on %v: %s has %d", o.Name.Text, elem, want.Size, p, chosen, have)
	}
	if g := b.goName[res]; g != "" && g != chosen && b.isStruct(chosen) {
		return fmt.Errorf("argument %s points at %s, which is %s in Go: %s is another struct", o.Name.Text, elem, g, chosen)
	}
	return nil
}

// sizeOf returns the size of a Go type, if it is one of Go's or of a bound
// struct.
func (b *builder) sizeOf(goType string, p facts.Port) (int64, bool) {
	if size, ok := goSize(b.base(goType), p); ok {
		return size, true
	}
	for t, g := range b.goName {
		if lay, err := b.facts.LayoutOf(t, p); g == goType && err == nil {
			return lay.Size, true
		}
	}
	return 0, false
}

func (b *builder) isStruct(goType string) bool {
	for _, g := range b.goName {
		if g == goType {
			return true
		}
	}
	return false
}
