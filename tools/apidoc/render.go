package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/doc"
	"go/doc/comment"
	"go/format"
	"go/printer"
	"go/token"
	"maps"
	"slices"
	"strings"
)

const written = "Written by `make docs` from the comments in the sources: the package as it is on FreeBSD, on amd64.\n"

// index lists the packages.
func (s *set) index() []byte {
	var b bytes.Buffer
	b.WriteString("# The packages on FreeBSD\n\npkg.go.dev shows other systems. These pages show FreeBSD, and say where else a name is. `make docs` writes them.\n\n| package | |\n| --- | --- |\n")
	for _, p := range s.packages {
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", p.doc.Name, p.file(), cell(p.doc.Synopsis(p.doc.Doc)))
	}
	return b.Bytes()
}

// cell keeps text from ending a table's cell.
func cell(s string) string { return strings.ReplaceAll(escape(s), "|", `\|`) }

// escape keeps text from being markup.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `_`, `\_`, "`", "\\`", `<`, `\<`, `[`, `\[`, `]`, `\]`).Replace(s)
}

// renderer writes one page.
type renderer struct {
	bytes.Buffer
	set *set
	pkg *pkg
}

func (s *set) render(p *pkg, g *page) []byte {
	r := &renderer{set: s, pkg: p}
	if g.family == "" {
		fmt.Fprintf(r, "# Package %s\n\n    import %q\n\n%s[All packages](README.md).\n\n", p.doc.Name, p.path, written)
		r.comment(p.doc.Doc, 2)
	} else {
		fmt.Fprintf(r, "# Package %s: %s\n\n%s[The package](%s).\n", p.doc.Name, g.family, written, p.file())
	}
	r.contents(g)
	if len(g.families) > 0 {
		r.families(g)
	}
	for _, group := range []struct {
		title string
		decls []*decl
	}{{"Constants", g.consts}, {"Variables", g.vars}, {"Functions", g.funcs}, {"Types", g.types}} {
		if len(group.decls) > 0 {
			fmt.Fprintf(r, "\n## %s\n", group.title)
		}
		for _, d := range group.decls {
			r.decl(d, 3)
			for _, part := range d.parts {
				r.decl(part, 4)
			}
		}
	}
	if g.family == "" && len(p.doc.Examples) > 0 {
		fmt.Fprintf(r, "\n## Examples\n")
		r.examples(p.doc.Examples)
	}
	return r.Bytes()
}

// list is a line for each exported name of a package, sorted.
func (s *set) list(p *pkg) []byte {
	r, lines := &renderer{set: s, pkg: p}, map[string]bool{}
	for _, g := range p.pages() {
		for _, d := range g.all() {
			on := ""
			if where := p.where(d.anchor); where != "" {
				on = " // " + where
			}
			if !isValue(d.node) {
				lines[r.line(d)+on+"\n"] = true
				for _, field := range r.fields(d) {
					lines[field+on+"\n"] = true
				}
				continue
			}
			for name := range strings.SplitSeq(d.title, ", ") {
				lines[d.node.(*ast.GenDecl).Tok.String()+" "+name+on+"\n"] = true
			}
		}
	}
	return []byte(strings.Join(slices.Sorted(maps.Keys(lines)), ""))
}

// fields is a line for each exported field of a struct.
func (r *renderer) fields(d *decl) (lines []string) {
	g, ok := d.node.(*ast.GenDecl)
	if !ok {
		return nil
	}
	spec, ok := g.Specs[0].(*ast.TypeSpec)
	if !ok {
		return nil
	}
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	for _, f := range s.Fields.List {
		var b bytes.Buffer
		if err := format.Node(&b, r.pkg.fset, f.Type); err != nil {
			b.WriteString(err.Error())
		}
		for _, name := range f.Names {
			if name.IsExported() {
				lines = append(lines, fmt.Sprintf("field %s.%s %s", d.anchor, name.Name, &b))
			}
		}
	}
	return lines
}

// contents lists a page's functions and types, a line each.
func (r *renderer) contents(g *page) {
	if len(g.funcs)+len(g.types) == 0 {
		return
	}
	r.WriteString("\n## Index\n\n")
	for _, d := range slices.Concat(g.funcs, g.types) {
		fmt.Fprintf(r, "- [`%s`](#%s)\n", r.line(d), d.anchor)
		for _, part := range d.parts {
			if _, ok := part.node.(*ast.FuncDecl); ok {
				fmt.Fprintf(r, "  - [`%s`](#%s)\n", r.line(part), part.anchor)
			}
		}
	}
}

// line is a declaration in one line: all of a function, and a type's name.
func (r *renderer) line(d *decl) string {
	if _, ok := d.node.(*ast.FuncDecl); !ok {
		return d.title
	}
	return strings.Join(strings.Fields(r.source(d.node)), " ")
}

// families lists what the other pages of a package have.
func (r *renderer) families(g *page) {
	r.WriteString("\n## Families\n\n| page | calls | types |\n| --- | ---: | ---: |\n")
	for _, f := range g.families {
		fmt.Fprintf(r, "| [%s](%s) | %d | %d |\n", f.family, f.file, len(f.funcs), len(f.types))
	}
	r.WriteString("\n## All calls and types\n\n| name | page | |\n| --- | --- | --- |\n")
	lines := map[string]string{}
	for _, f := range g.families {
		for _, d := range slices.Concat(f.funcs, f.types) {
			lines[d.anchor] = fmt.Sprintf("| [%s](%s#%s) | %s | %s |\n", escape(d.anchor), f.file, d.anchor, f.family, cell(r.pkg.doc.Synopsis(d.doc)))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		r.WriteString(lines[name])
	}
}

// decl writes a declaration under a heading of a level, constants that belong to a
// type without one.
func (r *renderer) decl(d *decl, level int) {
	if !isValue(d.node) {
		fmt.Fprintf(r, "\n<a id=%q></a>\n%s %s\n", d.anchor, strings.Repeat("#", level), escape(d.title))
	} else {
		r.WriteString("\n")
		for _, name := range d.anchors() {
			fmt.Fprintf(r, "<a id=%q></a>", name)
		}
		r.WriteString("\n")
	}
	if on := r.pkg.where(d.anchor); on != "" {
		fmt.Fprintf(r, "\nOn %s.\n", on)
	}
	fmt.Fprintf(r, "\n```go\n%s\n```\n\n", r.source(d.node))
	r.comment(d.doc, level+1)
	r.examples(d.examples)
}

func isValue(node ast.Decl) bool {
	d, ok := node.(*ast.GenDecl)
	return ok && (d.Tok == token.CONST || d.Tok == token.VAR)
}

// source is a declaration without its comment and body.
func (r *renderer) source(node ast.Decl) string {
	var b bytes.Buffer
	switch d := node.(type) {
	case *ast.FuncDecl:
		c := *d
		c.Doc, c.Body = nil, nil
		node = &c
	case *ast.GenDecl:
		c := *d
		c.Doc = nil
		node = &c
	}
	if err := format.Node(&b, r.pkg.fset, node); err != nil {
		return err.Error()
	}
	return b.String()
}

// comment writes a doc comment.
func (r *renderer) comment(text string, level int) {
	p := r.pkg.doc.Printer()
	p.HeadingLevel = level
	p.HeadingID = func(*comment.Heading) string { return "" }
	p.DocLinkURL = r.link
	r.Write(p.Markdown(r.pkg.doc.Parser().Parse(text)))
}

// link leads to a name: on these pages if it is the module's, else on pkg.go.dev.
func (r *renderer) link(l *comment.DocLink) string {
	name := strings.TrimPrefix(l.Recv+"."+l.Name, ".")
	for _, p := range r.set.packages {
		if l.ImportPath != p.path && (l.ImportPath != "" || p != r.pkg) {
			continue
		}
		for _, g := range p.pages() {
			if name == "" {
				return g.file
			}
			for _, d := range g.all() {
				if d.anchor == name || slices.Contains(strings.Split(d.title, ", "), name) {
					if !slices.Contains(d.anchors(), name) {
						name = d.anchor
					}
					return g.file + "#" + name
				}
			}
		}
	}
	return l.DefaultURL("https://pkg.go.dev")
}

func (r *renderer) examples(list []*doc.Example) {
	for _, e := range list {
		title := "Example"
		if e.Suffix != "" {
			title += " (" + e.Suffix + ")"
		}
		fmt.Fprintf(r, "\n%s:\n\n", title)
		if e.Doc != "" {
			r.comment(e.Doc, 5)
			r.WriteString("\n")
		}
		var b bytes.Buffer
		var node any = &printer.CommentedNode{Node: e.Code, Comments: e.Comments}
		if e.Play != nil {
			node = e.Play
		}
		if err := format.Node(&b, r.pkg.fset, node); err != nil {
			fmt.Fprint(&b, err)
		}
		fmt.Fprintf(r, "```go\n%s\n```\n", strings.TrimSpace(body(b.String(), e.Play == nil)))
		if e.Output != "" {
			fmt.Fprintf(r, "\nIt prints:\n\n```\n%s```\n", strings.TrimSuffix(e.Output, "\n")+"\n")
		}
	}
}

// body takes the braces of a block away, and one level of indentation.
func body(code string, block bool) string {
	if !block {
		return code
	}
	code = strings.TrimSuffix(strings.TrimPrefix(code, "{"), "}")
	return strings.ReplaceAll(code, "\n\t", "\n")
}
