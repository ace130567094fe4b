package model

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// maxSlots is how many argument words syscall.Syscall9 brings to the kernel: its
// assembly for arm64 and riscv64 loads seven.
func maxSlots(p facts.Port) int {
	if p == facts.ARM64 || p == facts.RISCV64 {
		return 7
	}
	return 9
}

// bindCall binds a system call.
func (b *builder) bindCall(s *def.Section, it *def.Call) {
	b.take(it.GoName(), it.Name)
	f := b.facts.Syscall(it.Name.Text)
	if f == nil {
		b.errorf(it.Name, "the facts have no system call %s: remove the line, or extract them again", it.Name.Text)
		return
	}
	c := &Call{Name: f.Name, Info: info(fmt.Sprintf("%s, number %d", prototype(f), f.Number), s, &it.Info), Go: it.GoName(), Raw: it.Raw}
	c.Header = "" // which header declares a function is not among the facts
	c.Number = "SYS_" + strings.ToUpper(f.Name)
	if _, ok := b.taken[c.Number]; !ok && !slices.ContainsFunc(b.def.Sections, hasNumbers) {
		b.errorf(it.Name, "the stub needs the number %s: bind it with numbers SYS_", c.Number)
		return
	}
	err := refuse(it, f)
	if err == nil {
		err = b.call(c, it, f)
	}
	if err != nil {
		b.errorf(it.Name, "system call %s %v", f.Name, err)
		return
	}
	for _, a := range it.Args {
		b.checkArgName(a.Name, f)
	}
	for _, m := range it.Marks {
		b.checkArgName(m.Name, f)
	}
	b.out.Calls = append(b.out.Calls, c)
}

func (b *builder) checkArgName(name def.Word, f *facts.Syscall) {
	if !slices.ContainsFunc(f.Args, func(a facts.Arg) bool { return a.Name == name.Text }) {
		b.errorf(name, "system call %s has no argument %s: name one of %s", f.Name, name.Text, prototype(f))
	}
}

func hasNumbers(s *def.Section) bool {
	return slices.ContainsFunc(s.Items, func(it def.Item) bool { _, ok := it.(*def.Numbers); return ok })
}

func (b *builder) call(c *Call, it *def.Call, f *facts.Syscall) error {
	sig, err := b.signature(it, f)
	if err != nil {
		return err
	}
	c.Params = sig.params
	c.Posix = it.Returns.Text == "failure"
	c.Capmode = slices.Contains(strings.Split(f.Kind, "|"), "CAPENABLED")
	if c.Result, err = b.result(it, f); err != nil {
		return err
	}
	c.Slots, err = perClass(b, func(p facts.Port) ([]Slot, error) {
		slots, err := b.slots(f, sig.from, p)
		switch n := len(slots); {
		case err != nil:
			return nil, err
		case n > maxSlots(p):
			return nil, fmt.Errorf("needs %d argument slots on %v, where Syscall9 brings only %d to the kernel", n, p, maxSlots(p))
		case n > 6 && c.Raw:
			return nil, fmt.Errorf("needs %d argument slots on %v: there is no RawSyscall9, remove raw", n, p)
		}
		return slots, nil
	}, func(x, y []Slot) string {
		if slices.Equal(x, y) {
			return ""
		}
		return fmt.Sprintf("%d and %d slots", len(x), len(y))
	})
	return err
}

// param returns an argument in Go. Its type must be the same on all ports.
func (b *builder) param(it *def.Call, a facts.Arg) (Param, error) {
	types := make([]string, len(b.out.Ports))
	words := make([]string, len(b.out.Ports))
	for i, p := range b.out.Ports {
		t, err := b.argType(it, a, p)
		if err != nil {
			return Param{}, err
		}
		types[i], words[i] = t, wordType(t, p)
	}
	other := func(t string) bool { return t != types[0] }
	if i := slices.IndexFunc(types, other); i >= 0 {
		if len(slices.Compact(words)) > 1 {
			return Param{}, fmt.Errorf("argument %s is %s on %v, %s on %v: give it one type with arg %s TYPE",
				a.Name, types[0], b.out.Ports[0], types[i], b.out.Ports[i], a.Name)
		}
		types[0] = words[0]
	}
	return Param{Name: paramName(a.Name), Type: types[0], Form: formOf(types[0])}, nil
}

// formOf returns how a type reaches the kernel when nothing more is said.
func formOf(goType string) Form {
	if isPointer(goType) {
		return Pointer
	}
	return Word
}

// wordType returns the Go type that is as wide as a pointer on every port, if that
// is what an integer, or what a pointer points at, is on this one: C's long.
func wordType(t string, p facts.Port) string {
	elem := strings.TrimLeft(t, "*")
	stars := t[:len(t)-len(elem)]
	switch size, _ := goSize(elem, p); {
	case size != p.PointerSize():
		return t
	case strings.HasPrefix(elem, "int"):
		return stars + "int"
	case strings.HasPrefix(elem, "uint"):
		return stars + "uintptr"
	}
	return t
}

// paramName keeps C's name unless Go means something else by it.
func paramName(c string) string {
	c = strings.ToLower(c[:1]) + c[1:]
	if token.IsKeyword(c) || slices.Contains([]string{"len", "new", "cap", "min", "n", "err", "errno", "unsafe", "syscall", "r1", "r2"}, c) {
		return c + "_"
	}
	return c
}

func (b *builder) argType(it *def.Call, a facts.Arg, p facts.Port) (string, error) {
	t, err := b.facts.Resolve(a.Type, p)
	if err != nil {
		return "", fmt.Errorf("argument %s: %w", a.Name, err)
	}
	for _, o := range it.Args {
		if o.Name.Text == a.Name {
			return o.Type.Text, b.checkArg(o, t, p)
		}
	}
	if g, ok := b.ctypes[string(a.Type)]; ok {
		return g, nil
	}
	if a.Type == "int" && slices.ContainsFunc(b.def.Descriptors, func(w def.Word) bool { return w.Text == a.Name }) {
		return "int", nil
	}
	if elem, ok := t.Pointer(); ok {
		return b.pointer(elem, p), nil
	}
	if g, ok := scalars[t]; ok && !strings.HasPrefix(g, "float") {
		return g, nil
	}
	if tag, ok := t.Tag(); ok && b.facts.Enum(tag) != nil {
		return b.goType(t, "", p)
	}
	return "", fmt.Errorf("argument %s has type %s, which does not go into machine words", a.Name, a.Type)
}

// checkArg wants the manifest's type to exist, and to hold what C's holds.
func (b *builder) checkArg(o def.Arg, t facts.Type, p facts.Port) error {
	lay, err := b.facts.LayoutOf(t, p)
	if err != nil {
		return err
	}
	elem := o.Type.Text[strings.LastIndexAny(o.Type.Text, "*]")+1:]
	size, _ := goSize(b.base(elem), p)
	switch {
	case elem == "string", strings.HasPrefix(o.Type.Text, "[]"):
		size = p.PointerSize()
	case !b.known(elem):
		return fmt.Errorf("argument %s: there is no Go type %s: bind it, or choose another", o.Name.Text, elem)
	case isPointer(o.Type.Text):
		size = p.PointerSize()
	}
	if size < lay.Size {
		return fmt.Errorf("argument %s is %s, %d bytes on %v: %s cannot hold it", o.Name.Text, t, lay.Size, p, o.Type.Text)
	}
	return b.checkPointee(o, t, p)
}

func isPointer(goType string) bool { return strings.HasPrefix(goType, "*") || goType == unsafePointer }

// base returns the type under an enumeration's.
func (b *builder) base(goType string) string {
	for _, e := range def.Items[*def.Enum](b.def) {
		if e.Name.Text == goType {
			return e.Base.Text
		}
	}
	return goType
}

// known reports whether a Go type exists: Go's own, or bound.
func (b *builder) known(goType string) bool {
	if _, ok := goSize(b.base(goType), facts.AMD64); ok || goType == unsafePointer {
		return true
	}
	for _, g := range b.goName {
		if g == goType {
			return true
		}
	}
	return slices.ContainsFunc(def.Items[*def.Typedef](b.def), func(t *def.Typedef) bool { return t.Go.Text == goType })
}

// result returns what the stub returns beside the errno.
func (b *builder) result(it *def.Call, f *facts.Syscall) (string, error) {
	switch {
	case it.Returns.Text == "failure", it.Returns.Text == "errno" || it.Returns.Text == "" && f.Result == "void":
		return "", nil
	case it.Returns.Text != "":
		return it.Returns.Text, nil
	}
	if g, ok := b.ctypes[string(f.Result)]; ok {
		return g, nil
	}
	if _, ok := f.Result.Pointer(); ok {
		return "uintptr", nil
	}
	for _, p := range b.out.Ports {
		t, err := b.facts.Resolve(f.Result, p)
		if err != nil {
			return "", fmt.Errorf("result: %w", err)
		}
		if lay, err := b.facts.LayoutOf(t, p); err != nil {
			return "", fmt.Errorf("result: %w", err)
		} else if lay.Size > p.PointerSize() {
			return "int64", nil
		}
	}
	return "int", nil
}

// slots lays the arguments out in machine words. On 32-bit ports a 64-bit
// argument takes two, the lower half first; arm wants the first of them at an
// even place.
func (b *builder) slots(f *facts.Syscall, from []Slot, p facts.Port) ([]Slot, error) {
	var out []Slot
	for i, a := range f.Args {
		t, err := b.facts.Resolve(a.Type, p)
		if err != nil {
			return nil, fmt.Errorf("argument %s: %w", a.Name, err)
		}
		lay, err := b.facts.LayoutOf(t, p)
		switch {
		case err != nil:
			return nil, fmt.Errorf("argument %s: %w", a.Name, err)
		case lay.Size <= p.PointerSize():
			out = append(out, from[i])
			continue
		case lay.Size > 2*p.PointerSize():
			return nil, fmt.Errorf("argument %s has %d bytes, more than two slots", a.Name, lay.Size)
		case p == facts.ARM && len(out)%2 != 0:
			out = append(out, Slot{from[i].Param, Pad})
		}
		out = append(out, Slot{from[i].Param, Low}, Slot{from[i].Param, High})
	}
	return out, nil
}
