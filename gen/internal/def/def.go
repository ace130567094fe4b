// Package def is the manifest: what is bound, under which Go name, with which
// documentation. defs/README.md has the grammar.
package def

import (
	"path"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// Version is the version of the grammar that Parse reads.
const Version = "1"

// Ports are the GOARCHs of FreeBSD in the order used everywhere. The first one
// gives the default, the others what differs.
var Ports = []string{"amd64", "arm64", "386", "arm", "riscv64"}

// Word is a word of the manifest and where it stands.
type Word = text.Word

// Manifest is what one manifest file says.
type Manifest struct {
	System      Word   // "freebsd"
	Release     Word   // the release whose facts are bound: "15.0"
	Arch        []Word // the ports to bind
	CTypes      []CType
	Descriptors []Word // names of int arguments that are descriptors, Go int
	Sections    []*Section
}

// CType gives every field and argument that C spells Name a Go type of its own.
type CType struct{ Name, Go Word }

// Section holds the items that one C header declares.
type Section struct {
	Header  Word
	Family  Word   // what the header is about: the file that it is generated into
	Include []Word // headers to include before it
	Define  []Word // macros to define before all of them
	Within  bool   // not to be included by itself: those before it do
	Machine bool   // what it declares is each processor's own
	Items   []Item
}

// Item is one thing to bind: *Typedef, *Struct, *View, *Const, *Enum, *Errno,
// *Numbers, *Call or *Refuse.
type Item interface {
	// What returns the name in the manifest.
	What() Word
	// About returns what is said of the item in words.
	About() *Info
}

// Info is what every item has: its name and its documentation.
type Info struct {
	Name  Word
	Since Word   // first release that has it
	Man   Word   // manual page, as "stat(2)"
	Doc   []Word // one a line; an empty one ends a paragraph
}

// What returns the name in the manifest.
func (i *Info) What() Word { return i.Name }

// About returns i.
func (i *Info) About() *Info { return i }

// Typedef binds a C integer type.
type Typedef struct {
	Info
	Go Word
}

// Shape says how the fields of an aggregate look in Go.
type Shape struct {
	Strip  []Word // prefixes that fields lose, the first that fits
	Hide   []Word // patterns of fields that become blank
	Fields []Field
}

// Field overrides a field's Go name and, if set, type.
type Field struct{ Name, Go, Type Word }

// Struct binds a struct, or a union that stands alone.
type Struct struct {
	Info  // Name is the tag, or the place of one without a tag
	Union bool
	Go    Word
	Shape
}

// Holder returns the tag of the outermost aggregate that holds one without a
// tag, and the path of members from there to it.
func (s *Struct) Holder() (tag, path string, held bool) { return strings.Cut(s.Name.Text, ".") }

// View binds a member of a union inside a struct: as a method of the struct that
// points into the storage, and, if it is a struct, as a type of its own.
type View struct {
	Info        // Name is the struct's tag
	Path   Word // members from the struct to the one shown: "kf_un.kf_sock"
	Method Word
	Go     Word // empty when the member is no struct
	Shape
}

// Const binds integer constants, untyped.
type Const struct {
	Info     // Name is the first pattern
	Patterns []Word
	Notes    []Note
	Since    []Release // exceptions to Info.Since
	Octal    bool      // written in octal
}

// Note documents one constant.
type Note struct{ Name, Text Word }

// Release says since when the named constants exist.
type Release struct {
	Release  Word
	Patterns []Word
}

// Enum binds constants as a Go type with a String method. A C enumeration is
// named as enum.TAG in place of patterns.
type Enum struct {
	Const        // Info.Name is the Go name
	Flags   bool // values are bits to be combined
	Untyped bool // constants have no type, and so fit other integers too
	Base    Word // Go integer type
}

// Errno binds the table of errors.
type Errno struct{ Info }

// Numbers binds the numbers of all current system calls.
type Numbers struct {
	Info          // Name is the prefix
	Except []Word // patterns
}

// Call binds a system call.
type Call struct {
	Info
	Go      Word // empty: CamelCase of the name
	Raw     bool // cannot block: does not tell the scheduler
	Returns Word // "errno" when the result is 0 or -1; empty: the result's type
	Args    []Arg
	Marks   []Mark
	Plain   bool // pointers and lengths as C has them, whatever the annotations say
}

// Mark corrects the annotation of an argument.
type Mark struct{ Name, Mark, Reason Word }

// Refuse says why a call is not bound.
type Refuse struct {
	Info   // Name is the call
	Reason Word
}

// Arg overrides an argument's Go type.
type Arg struct{ Name, Type Word }

// Match reports whether name is among patterns: it fits one, and none that
// starts with an exclamation mark.
func Match(patterns []Word, name string) bool {
	found := false
	for _, p := range patterns {
		pat, not := strings.CutPrefix(p.Text, "!")
		if ok, _ := path.Match(pat, name); ok {
			if not {
				return false
			}
			found = true
		}
	}
	return found
}

// IsPattern reports whether w can fit more than one name, or excludes some.
func IsPattern(w Word) bool { return strings.ContainsAny(w.Text, "*!") }

// Items returns every item of one kind, in the manifest's order.
func Items[T Item](m *Manifest) []T {
	var out []T
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if it, ok := it.(T); ok {
				out = append(out, it)
			}
		}
	}
	return out
}

// isPort reports whether arch is one of FreeBSD's.
func isPort(arch string) bool { return slices.Contains(Ports, arch) }
