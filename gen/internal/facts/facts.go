// Package facts holds what is true of one FreeBSD release: layouts, values,
// numbers and messages, for every port. defs/README.md has the grammar.
package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"
)

// Version is the version of the grammar that this package reads and writes.
const Version = 1

// A File is what one release's facts say. Its lists are in the order of Sort.
type File struct {
	Release  Release
	Ports    []Port
	Typedefs []Typedef
	Consts   []Const
	Enums    []Enum
	Structs  []*Struct
	Errnos   []Errno
	Syscalls []Syscall
	Asked    []Asked
}

// A Release names the system that the facts come from.
type Release struct {
	System  string // freebsd
	Name    string // 15.0
	Version int    // __FreeBSD_version
	// Installed says that the facts come from the headers of an installation,
	// which have the numbers of the calls that programs can make, and no more of
	// the system call table: its signatures are those that other releases have.
	Installed bool
}

// A Typedef is a C type name and what it stands for.
type Typedef struct {
	Name, Header string
	Type         PerPort[Type]
	From         string // the release it was taken from, where the headers lack it
}

// A Const is an integer constant: a macro, or an enumerator that was asked for
// by its own name.
type Const struct {
	Name, Header string
	Value        PerPort[Int]
}

// An Enum is an enumeration with a tag.
type Enum struct {
	Name, Header string
	Type         PerPort[Type] // the integer that holds it
	Values       []EnumValue
}

// An EnumValue is one enumerator.
type EnumValue struct {
	Name  string
	Value PerPort[Int]
}

// A Struct is a struct or union, with a tag or named after its place.
type Struct struct {
	Name, Header string
	Union        bool
	Typedef      bool // the name is a typedef's, there is no tag
	Packed       bool // fields are aligned to bytes
	Size, Align  PerPort[int64]
	Fields       []Field
}

// Type returns the word for the struct as a field's type.
func (s *Struct) Type() Type {
	if s.Union {
		return "union." + Type(s.Name)
	}
	return "struct." + Type(s.Name)
}

// Field returns the field with a name, or nil.
func (s *Struct) Field(name string) *Field {
	i := slices.IndexFunc(s.Fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &s.Fields[i]
}

// InOrder returns the fields that a port has, in the order in which they lie
// there.
func (s *Struct) InOrder(p Port) []*Field {
	var out []*Field
	for i := range s.Fields {
		if s.Fields[i].Offset.Has(p) {
			out = append(out, &s.Fields[i])
		}
	}
	if !s.Union {
		slices.SortStableFunc(out, func(a, b *Field) int { return cmp.Compare(a.start(p), b.start(p)) })
	}
	return out
}

// start returns the first bit of a field.
func (f *Field) start(p Port) int64 { return f.Offset.On(p)*8 + f.Bits.On(p).First }

// A Field is a member of a struct. The ports that have it are those with an
// offset.
type Field struct {
	Name   string         // $1 for the first member without a name, :x for bits without one in front of x
	Offset PerPort[int64] // bytes; for a bit-field those of its storage unit
	Type   PerPort[Type]
	Align  PerPort[int64] // where it is more than the type asks for
	Bits   PerPort[Bits]  // where it is a bit-field
	C      string         // the type as C spells it, without array bounds
}

// Bits are the bits of its storage unit that a bit-field takes, from the least
// significant one.
type Bits struct{ First, Width int64 }

// An Errno is an error number, its first name, and its message.
type Errno struct {
	Number        int
	Name, Message string
}

// A Syscall is an entry of the system call table.
type Syscall struct {
	Number   int
	Name     string
	Kind     string // STD|CAPENABLED, COMPAT11, OBSOL, ... as in syscalls.master
	Result   Type   // empty when the table gives no signature
	Args     []Arg
	Variadic bool
}

// An Arg is an argument of a system call, its type in C's names.
type Arg struct {
	Name string
	Type Type
	Mark string // the table's annotations, as _In_z_ or _Out_opt_,_Contains_timet_; empty when it has none
}

// Asked is what a release was asked for of a header: names and patterns of
// constants, those with a ! in front left out, or types, as struct.TAG and
// typedef.NAME. What of it there are no facts about, the release lacks.
type Asked struct {
	Header   string
	Patterns []string
}

// Covers reports whether a name fits a pattern, and none with a ! in front.
func (a Asked) Covers(name string) bool {
	found := false
	for _, p := range a.Patterns {
		pattern, not := strings.CutPrefix(p, "!")
		if ok, _ := path.Match(pattern, name); ok && not {
			return false
		} else if ok {
			found = true
		}
	}
	return found
}

// Struct returns the struct or union with a name, or nil.
func (f *File) Struct(name string) *Struct {
	i := slices.IndexFunc(f.Structs, func(s *Struct) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return f.Structs[i]
}

// Typedef returns the typedef with a name, or nil.
func (f *File) Typedef(name string) *Typedef {
	return find(f.Typedefs, func(t *Typedef) bool { return t.Name == name })
}

// Const returns the constant with a name, or nil.
func (f *File) Const(name string) *Const {
	return find(f.Consts, func(c *Const) bool { return c.Name == name })
}

// Enum returns the enumeration with a tag, or nil.
func (f *File) Enum(name string) *Enum {
	return find(f.Enums, func(e *Enum) bool { return e.Name == name })
}

// Syscall returns the system call with a name, or nil.
func (f *File) Syscall(name string) *Syscall {
	return find(f.Syscalls, func(s *Syscall) bool { return s.Name == name })
}

func find[T any](list []T, is func(*T) bool) *T {
	for i := range list {
		if is(&list[i]) {
			return &list[i]
		}
	}
	return nil
}
