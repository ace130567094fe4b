package main

import (
	"go/ast"
	"go/doc"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// page is one file: a package, or a family of a large one.
type page struct {
	file                string
	family              string // empty for the package's first page
	consts, vars, funcs []*decl
	types               []*decl
	families            []*page // of the first page
}

// decl is a name, or a group of constants, with what belongs to it.
type decl struct {
	anchor, title, doc string
	node               ast.Decl
	examples           []*doc.Example
	parts              []*decl // of a type: constants, variables, functions, methods
}

// anchors are what a link may lead to: of a long list of constants its first.
func (d *decl) anchors() []string {
	if names := strings.Split(d.title, ", "); isValue(d.node) && len(names) <= 8 {
		return names
	}
	return []string{d.anchor}
}

// all is every name of a page.
func (p *page) all() (list []*decl) {
	for _, d := range slices.Concat(p.consts, p.vars, p.funcs, p.types) {
		list = append(append(list, d), d.parts...)
	}
	return list
}

// name of a package's first page: that of the package.
func (p *pkg) file() string { return p.doc.Name + ".md" }

func (p *pkg) position(d *decl) token.Position { return p.fset.Position(d.node.Pos()) }

// familyFile matches the files of zsys that hold one family.
var familyFile = regexp.MustCompile(`^(?:calls|consts|types)_([a-z]+)[_.]`)

// family is that of the file in which a declaration is.
func (p *pkg) family(d *decl) string {
	name := filepath.Base(p.position(d).Filename)
	switch {
	case p.doc.Name != "zsys":
	case name == "enums.go":
		return "named constants"
	case name == "numbers.go":
		return "numbers"
	default:
		if m := familyFile.FindStringSubmatch(name); m != nil {
			return m[1]
		}
	}
	return ""
}

// split shares what a package has among pages, the package's own first.
func (p *pkg) split() []*page {
	first := &page{file: p.file()}
	all := []*page{first}
	of := func(d *decl) *page {
		family := p.family(d)
		if i := slices.IndexFunc(all, func(x *page) bool { return x.family == family }); i >= 0 {
			return all[i]
		}
		all = append(all, &page{file: p.doc.Name + "-" + strings.ReplaceAll(family, " ", "-") + ".md", family: family})
		return all[len(all)-1]
	}
	for _, d := range values(p.doc.Consts) {
		x := of(d)
		x.consts = append(x.consts, d)
	}
	for _, d := range values(p.doc.Vars) {
		x := of(d)
		x.vars = append(x.vars, d)
	}
	funcs := functions(p.doc.Funcs, "")
	for _, t := range p.doc.Types {
		d := &decl{anchor: t.Name, title: "type " + t.Name, doc: t.Doc, node: t.Decl, examples: t.Examples}
		d.parts = slices.Concat(values(t.Consts), values(t.Vars))
		for _, f := range functions(t.Funcs, "") {
			if p.family(f) == p.family(d) {
				d.parts = append(d.parts, f)
			} else { // a call that returns a type of another family
				funcs = append(funcs, f)
			}
		}
		d.parts = append(d.parts, functions(t.Methods, t.Name+".")...)
		x := of(d)
		x.types = append(x.types, d)
	}
	slices.SortFunc(funcs, func(a, b *decl) int { return strings.Compare(a.anchor, b.anchor) })
	for _, d := range funcs {
		x := of(d)
		x.funcs = append(x.funcs, d)
	}
	slices.SortFunc(all[1:], func(a, b *page) int { return strings.Compare(a.family, b.family) })
	first.families = all[1:]
	return all
}

func values(list []*doc.Value) (decls []*decl) {
	for _, v := range list {
		decls = append(decls, &decl{anchor: v.Names[0], title: strings.Join(v.Names, ", "), doc: v.Doc, node: v.Decl})
	}
	return decls
}

func functions(list []*doc.Func, prefix string) (decls []*decl) {
	for _, f := range list {
		title := "func " + f.Name
		if f.Recv != "" {
			title = "func (" + f.Recv + ") " + f.Name
		}
		decls = append(decls, &decl{anchor: prefix + f.Name, title: title, doc: f.Doc, node: f.Decl, examples: f.Examples})
	}
	return decls
}
