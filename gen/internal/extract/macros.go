package extract

import (
	"bufio"
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
)

// A macro is a definition without parameters, as the preprocessor left it.
type macro struct {
	header string
	owner  string // the header of the request below which it is asked for; empty: none
	order  int    // among all definitions
	body   string
}

// readMacros asks the preprocessor which macros the headers leave, and which
// header each is from.
func (p *probe) readMacros(ctx context.Context) error {
	out, err := p.cc(ctx, p.start, "-E", "-dD")
	if err != nil {
		return err
	}
	p.macros = map[string]macro{}
	header := ""
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, len(out)+1)
	for n := 0; lines.Scan(); n++ {
		line := lines.Text()
		if s, ok := strings.CutPrefix(line, "#undef "); ok {
			delete(p.macros, s)
		} else if s, ok := strings.CutPrefix(line, "#define "); ok {
			if name, body, _ := strings.Cut(s, " "); !strings.Contains(name, "(") {
				p.macros[name] = macro{header, p.route.owner(header, name), n, body}
			}
		} else if s, ok := strings.CutPrefix(line, "# "); ok {
			header = p.lineMarker(s, header)
		}
	}
	return lines.Err()
}

// lineMarker returns the header that a line marker (LINE "FILE" FLAGS) names.
func (p *probe) lineMarker(s, last string) string {
	_, rest, _ := strings.Cut(s, " ")
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return last
	}
	path, err := strconv.Unquote(quoted)
	if err != nil {
		return last
	}
	return p.x.Tree.Name(p.port, path)
}

// owner returns the header below which a macro is asked for. Where another port has
// it from that header, this one has it from whatever defines it: the facts say of a
// macro that a port lacks it only if no header there has it.
func (p *probe) owner(macro string) (string, bool) {
	m, ok := p.macros[macro]
	if !ok || m.owner != "" {
		return m.owner, ok
	}
	header, ok := p.x.owners[macro]
	return header, ok
}

// owners returns the headers below which macros are asked for on some port.
func owners(probes []*probe) map[string]string {
	all := map[string]string{}
	for _, p := range probes {
		for name, m := range p.macros {
			if m.owner != "" && m.body != "" && all[name] == "" {
				all[name] = m.owner
			}
		}
	}
	return all
}

// wanted returns the macros that the request asks for, in order of definition.
// Those without a text are guards, not constants.
func (p *probe) wanted() []string {
	var names []string
	for name, m := range p.macros {
		if _, ok := p.owner(name); ok && m.body != "" {
			names = append(names, name)
		}
	}
	if !p.x.Tree.Source {
		names = append(names, p.numbers()...)
	}
	slices.SortFunc(names, func(a, b string) int { return p.macros[a].order - p.macros[b].order })
	return slices.Compact(names)
}
