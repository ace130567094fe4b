package facts

import "fmt"

// A Layout is the room that a type takes.
type Layout struct{ Size, Align int64 }

// LayoutOf returns a type's layout on a port.
func (f *File) LayoutOf(t Type, p Port) (Layout, error) {
	if _, ok := t.Pointer(); ok {
		return Layout{p.PointerSize(), p.PointerSize()}, nil
	}
	if elem, n, ok := t.Array(); ok {
		l, err := f.LayoutOf(elem, p)
		if n = max(n, 0); n > 0 && l.Size > maxArray/n {
			return Layout{}, fmt.Errorf("type %s is larger than %d bytes", t, maxArray)
		}
		return Layout{n * l.Size, l.Align}, err
	}
	if size, ok := scalarSize(t); ok {
		if size == 8 {
			return Layout{8, p.align64()}, nil
		}
		return Layout{size, size}, nil
	}
	return f.layoutOfTag(t, p)
}

func (f *File) layoutOfTag(t Type, p Port) (Layout, error) {
	tag, _ := t.Tag()
	if s := f.Struct(tag); s != nil && s.Type() == t {
		if size, ok := s.Size.Get(p); ok {
			return Layout{size, s.Align.On(p)}, nil
		}
		return Layout{}, fmt.Errorf("%s does not exist on %s", t, p)
	}
	if e := f.Enum(tag); e != nil && t == "enum."+Type(tag) {
		return f.LayoutOf(e.Type.On(p), p)
	}
	return Layout{}, fmt.Errorf("type %s has no size here: no fact gives it one", t)
}

// Resolve replaces the C names in a system call's argument or a typedef, by
// what they stand for on a port. Pointers are left as they are: they have one
// size, whatever they point at.
func (f *File) Resolve(t Type, p Port) (Type, error) {
	switch t {
	case "int":
		return "int32", nil
	case "long":
		if p.PointerSize() == 4 {
			return "int32", nil
		}
		return "int64", nil
	}
	if _, ok := t.Pointer(); ok || t == "void" || t == "char" {
		return t, nil
	}
	if td := f.Typedef(string(t)); td != nil {
		if res, ok := td.Type.Get(p); ok {
			return res, nil
		}
		return "", fmt.Errorf("type %s does not exist on %s", t, p)
	}
	if _, err := f.LayoutOf(t, p); err != nil {
		return "", err
	}
	return t, nil
}

func alignUp(n, align int64) int64 { return (n + align - 1) / align * align }
