package model

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// usage is what an annotation of the system call table says of a pointer.
type usage struct {
	mark  string // as the table or the manifest has it; empty when nothing is said
	opt   bool   // may be NULL
	text  bool   // a string with a NUL at its end
	array bool   // as many elements as count says
	bytes bool   // count is in bytes
	deref bool   // count points at the number
	count string // an argument, or a number
}

// form is what an annotation looks like. Misspelt ones are not like it.
var form = regexp.MustCompile(`^_(?:In|Out|Inout)_(?:(z_)?(opt_)?|(?:reads|writes|updates)_(bytes_|z_)?(opt_)?\((\*?)([A-Za-z0-9_]+)\))$`)

// usageOf reads an argument's annotation: the manifest's, or the table's.
func usageOf(it *def.Call, a facts.Arg) (usage, error) {
	mark, _, _ := strings.Cut(a.Mark, ",")
	if strings.HasPrefix(mark, "_Contains_") {
		mark = ""
	}
	for _, m := range it.Marks {
		if m.Name.Text != a.Name {
			continue
		}
		if m.Mark.Text == mark {
			return usage{}, fmt.Errorf("argument %s: the table says %s too: remove the mark", a.Name, mark)
		}
		mark = strings.TrimPrefix(m.Mark.Text, "none")
	}
	if _, pointer := a.Type.Pointer(); !pointer || it.Plain {
		if mark != "" && !it.Plain && !pointerLike(a.Type) {
			return usage{}, fmt.Errorf("argument %s: %s is said of %s, which is no pointer: correct it with mark %s none REASON", a.Name, mark, a.Type, a.Name)
		}
		return usage{}, nil
	}
	if mark == "" {
		return usage{}, nil
	}
	m := form.FindStringSubmatch(mark)
	if m == nil {
		return usage{}, fmt.Errorf("argument %s: %s is no annotation that is known: correct it with mark %s ANNOTATION REASON", a.Name, mark, a.Name)
	}
	return usage{
		mark: mark, text: m[1] != "", opt: m[2] != "" || m[4] != "",
		array: m[6] != "", bytes: m[3] == "bytes_", deref: m[5] != "", count: m[6],
	}, nil
}

// pointerLike reports whether a type name stands for a pointer.
func pointerLike(t facts.Type) bool { return t == "caddr_t" }

// contradiction says what does not go together in an annotation and the call.
func (u usage) contradiction(f *facts.Syscall, a facts.Arg) error {
	elem, _ := a.Type.Pointer()
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("argument %s: %s %s: correct it with mark %s ANNOTATION REASON", a.Name, u.mark, fmt.Sprintf(format, args...), a.Name)
	}
	switch {
	case u.text && elem != "char":
		return wrong("is said of %s, which is no string", a.Type)
	case u.array && !u.bytes && elem == "void":
		return wrong("counts elements, and void has none")
	case !u.array:
		return nil
	}
	if n, err := strconv.Atoi(u.count); err == nil {
		if n < 1 || u.deref {
			return wrong("counts nothing")
		}
		return nil
	}
	for _, c := range f.Args {
		if c.Name != u.count {
			continue
		}
		if _, pointer := c.Type.Pointer(); pointer != u.deref {
			return wrong("counts by %s, which is %s", u.count, c.Type)
		}
		return nil
	}
	return wrong("counts by %s, which is no argument of %s", u.count, f.Name)
}
