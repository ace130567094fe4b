package compare

import (
	"fmt"
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

func (c *comparison) constants() []Change {
	return lists(c.old.Consts, c.new.Consts,
		func(k facts.Const) string { return k.Name },
		func(k facts.Const) string { return first(k.Value) },
		func(a, b facts.Const) (ch Change) {
			if differing(&ch, "value", c.ports, a.Value, b.Value) {
				ch.Breaks = !c.harmless(a, b)
			}
			return ch
		})
}

// enums compares the enumerations that both have as integers, and the
// enumerators for themselves: one may come into another enumeration.
func (c *comparison) enums() []Change {
	var values []Change
	whole := lists(c.old.Enums, c.new.Enums,
		func(e facts.Enum) string { return "enum " + e.Name },
		func(facts.Enum) string { return "" },
		func(a, b facts.Enum) (ch Change) {
			values = append(values, lists(a.Values, b.Values,
				func(v facts.EnumValue) string { return v.Name },
				func(v facts.EnumValue) string { return first(v.Value) },
				func(a, b facts.EnumValue) (ch Change) {
					ch.Breaks = differing(&ch, "value", c.ports, a.Value, b.Value)
					return ch
				})...)
			differing(&ch, "type", c.ports, a.Type, b.Type)
			ch.Breaks = !c.sameRooms(a.Type, b.Type)
			return ch
		})
	return append(whole, values...)
}

func (c *comparison) errnos() []Change {
	return lists(c.old.Errnos, c.new.Errnos,
		func(e facts.Errno) string { return e.Name },
		func(e facts.Errno) string { return fmt.Sprint(e.Number) },
		func(a, b facts.Errno) Change {
			switch {
			case a.Number != b.Number:
				return Change{Detail: fmt.Sprintf("%d to %d", a.Number, b.Number), Breaks: true}
			case a.Message != b.Message:
				return Change{Detail: fmt.Sprintf("message %q to %q", a.Message, b.Message)}
			}
			return Change{}
		})
}

// typedefs break programs when their size changes; a sign does not. Which there
// are says nothing: facts have those that something else needs.
func (c *comparison) typedefs() []Change {
	all := lists(c.old.Typedefs, c.new.Typedefs,
		func(t facts.Typedef) string { return t.Name },
		func(t facts.Typedef) string { return first(t.Type) },
		func(a, b facts.Typedef) (ch Change) {
			differing(&ch, "value", c.ports, a.Type, b.Type)
			for i := range ch.Values {
				ch.Values[i].What = "type"
			}
			ch.Breaks = !c.sameRooms(a.Type, b.Type)
			return ch
		})
	return slices.DeleteFunc(all, func(c Change) bool { return c.Kind != Changed })
}

// sameRooms reports whether two types take the same bytes on every port.
func (c *comparison) sameRooms(a, b facts.PerPort[facts.Type]) bool {
	return !slices.ContainsFunc(c.ports, func(p facts.Port) bool { return !c.sameRoom(a.On(p), b.On(p), p) })
}

// sameRoom reports whether two types take the same bytes.
func (c *comparison) sameRoom(a, b facts.Type, p facts.Port) bool {
	if a == b {
		return true
	}
	x, err1 := c.old.LayoutOf(a, p)
	y, err2 := c.new.LayoutOf(b, p)
	return err1 == nil && err2 == nil && x.Size == y.Size
}
