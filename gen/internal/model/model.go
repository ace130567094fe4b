// Package model joins the manifest and the facts: it decides every Go name,
// type, pad and argument slot, and refuses what Go cannot express faithfully.
package model

import "github.com/rawsys-go/rawsys/gen/internal/facts"

// Model is all that is emitted.
type Model struct {
	System, Release string
	Ports           []facts.Port
	Classes         []Class // those of the ports
	Typedefs        []*Typedef
	Structs         []*Struct
	Consts          []*ConstGroup
	Enums           []*Enum
	Errnos          []Errno
	Numbers         []Number
	Calls           []*Call
	Families        []string // in the manifest's order
}

// Info is what is said of an item.
type Info struct {
	C, Header  string // as C spells it, and where it is declared
	Family     string // which file it goes into
	Doc        []string
	Since, Man string
}

// Typedef is a C integer type.
type Typedef struct {
	Info
	Go   string
	Type PerClass[string] // the Go type it is
}

// Struct is a struct type: a C struct, or the view of one inside a union.
type Struct struct {
	Info
	Go      string
	Tag     facts.Type // the aggregate's name in the facts
	Machine bool       // each port lays it out for itself, and some may lack it
	Layout  PerClass[*Layout]
}

// Layout is a struct on the ports of one class.
type Layout struct {
	Size, Align int64 // in C
	GoAlign     int64 // at most Align, and a word
	Fields      []Field
	Views       []View
}

// Field is a Go field. A pad that Go needs and C has not has no C name.
type Field struct {
	Go     string // "_" when blank
	Type   string
	C      string // the C name
	CType  string // as C spells it, array bounds behind it
	Offset int64
	Size   int64
}

// View is a method that points into a struct's storage.
type View struct {
	Method string
	Type   string // what the method points at
	C      string // path of members
	Field  string // the Go field that holds the storage
	Offset int64  // from there
	Since  string
}

// ConstGroup is a const block.
type ConstGroup struct {
	Info
	Consts []Const
}

// Const is a constant.
type Const struct {
	Name  string
	Value PerClass[facts.Int]
	Octal bool
	Since string // when it is not that of the group
	Note  string
}

// Enum is a Go type with its constants.
type Enum struct {
	ConstGroup
	Go, Base string
	Flags    bool
	Untyped  bool // the constants have no type
}

// Errno is an error number with its names, the first one being the usual.
type Errno struct {
	Number  int
	Names   []string
	Message string
}

// Number is a system call's number.
type Number struct {
	Name   string
	Number int
	C      string // what C says of the call
}

// Call is a stub.
type Call struct {
	Info
	Name    string // in C
	Go      string
	Number  string // the constant's name
	Params  []Param
	Result  string // Go type, empty when there is the errno alone
	Posix   bool   // the result is the errno
	Capmode bool   // capability mode allows it
	Raw     bool
	Slots   PerClass[[]Slot]
}

// Param is an argument in Go.
type Param struct {
	Name, Type string
	Form       Form
	Nil        bool   // a pointer that may be nil
	Array      int    // elements that are always there
	Elem       string // of a slice, or what a pointer of a known size points at
	Bytes      bool   // the kernel counts bytes, not elements
	Limit      string // the type of the count, where it may be too narrow
	Room       string // the argument that points at the length, of type RoomType
	RoomType   string
}

// Form says how an argument reaches the kernel.
type Form int

// The forms of an argument.
const (
	Word      Form = iota // as it is
	Pointer               // an address
	String                // a string, with a NUL put behind it
	StringPtr             // the same, or nil
	Text                  // a string whose length is told
	Slice                 // a slice whose length is told
	One                   // a pointer to something whose size is told
)

// Slot is one machine word of a call's arguments.
type Slot struct {
	Param int // index into Params
	Part  Part
}

// Part says what of the argument a slot carries.
type Part int

// The parts of an argument.
const (
	Whole Part = iota
	Low        // the lower 32 bits
	High       // the upper 32 bits
	Pad        // nothing: what follows has to be at an even place
	Len        // how much there is behind it
)
