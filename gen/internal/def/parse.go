package def

import (
	"errors"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// maxErrors bounds what one broken file prints.
const maxErrors = 10

// Parse reads a manifest. Its errors are *text.Error values, joined: every
// broken line is named, up to ten.
func Parse(file string, src []byte) (*Manifest, error) {
	lines, err := text.Lines(file, src)
	if err != nil {
		return nil, err
	}
	p := &parser{m: &Manifest{}, seen: make(map[string]Word)}
	var errs []error
	for i := range lines {
		if err := p.line(&lines[i]); err != nil {
			errs = append(errs, err)
		}
		if len(errs) == maxErrors {
			break
		}
	}
	end := text.Pos{File: file, Line: 1, Col: 1}
	if len(lines) > 0 {
		end = lines[len(lines)-1].Pos
	}
	if len(errs) == 0 {
		errs = append(errs, p.finish(end))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return p.m, nil
}

// parser is where Parse stands in the file.
type parser struct {
	m       *Manifest
	started bool
	under   Word // the family that headers belong to
	section *Section
	item    Item // takes the indented lines
	seen    map[string]Word
}

func (p *parser) line(l *text.Line) error {
	if _, ok := l.Comment(); ok {
		return nil
	}
	key, err := l.Next()
	if err != nil {
		return err
	}
	if !p.started {
		return p.version(key, l)
	}
	if l.Indented {
		return p.property(key, l)
	}
	if head, ok := headLines[key.Text]; ok {
		p.item = nil
		return head(p, key, l)
	}
	kind, ok := itemLines[key.Text]
	if !ok {
		p.item = skipped
		return key.Errorf("unknown item %q: one of %s", key.Text, oneOf(headLines, itemLines))
	}
	p.item = skipped // until the line is known to be good
	if p.section == nil {
		return key.Errorf("%s before the first header: write header FILE above it", key.Text)
	}
	it, err := kind(p, l)
	if err != nil {
		return err
	}
	if err := p.unique(it); err != nil {
		return err
	}
	p.item = it
	p.section.Items = append(p.section.Items, it)
	return p.inline(l)
}

// skipped takes the properties of an item whose own line was wrong.
var skipped Item = &Errno{}

func (p *parser) version(key Word, l *text.Line) error {
	p.started = true
	w, err := l.Next()
	if err != nil {
		return err
	}
	if key.Text != "manifest" || w.Text != Version {
		return key.Errorf("not a manifest that this generator reads: the first line has to be manifest %s", Version)
	}
	return l.End()
}

// property reads an indented line.
func (p *parser) property(key Word, l *text.Line) error {
	switch {
	case p.item == skipped:
		return nil
	case p.item == nil && p.section != nil && len(p.section.Items) == 0:
		return p.section.property(key, l)
	case p.item == nil:
		return key.Errorf("%q belongs to no item: only items and headers take indented lines", key.Text)
	}
	if err := p.apply(key, l); err != nil {
		return err
	}
	return p.inline(l)
}

// inline reads the properties that share a line, to its end.
func (p *parser) inline(l *text.Line) error {
	for {
		key, err := l.Next()
		if err != nil || key.Text == "" {
			return err
		}
		if !slices.Contains(inlineProps, key.Text) {
			return key.Errorf("unexpected %q: here may follow %s", key.Text, strings.Join(inlineProps, ", "))
		}
		if err := p.apply(key, l); err != nil {
			return err
		}
	}
}

// apply gives the item one property.
func (p *parser) apply(key Word, l *text.Line) error {
	if own, ok := p.item.(propertied); ok {
		if took, err := own.property(key, l); took {
			return err
		}
	}
	if set, ok := infoProps[key.Text]; ok {
		return set(p.item.About(), key, l)
	}
	return key.Errorf("unknown property %q of %s: see the manifest's grammar in defs/README.md", key.Text, p.item.What().Text)
}

// unique refuses a second item that makes the same Go name or binds the same
// thing.
func (p *parser) unique(it Item) error {
	_, aggregate := it.(*Struct)
	for _, key := range identities(it) {
		if aggregate && p.section.Machine && strings.HasPrefix(key.Text, "Go name ") {
			continue // what one port has under the name another may have by another tag
		}
		if first, ok := p.seen[key.Text]; ok {
			return it.What().Errorf("duplicate %s: it is bound at line %d, remove one", key.Text, first.Pos.Line)
		}
		p.seen[key.Text] = key
	}
	return nil
}

func (p *parser) finish(end text.Pos) error {
	m := p.m
	switch {
	case !p.started:
		return end.Errorf("empty manifest: the first line has to be manifest %s", Version)
	case m.Release.Text == "":
		return end.Errorf("release is missing: write release freebsd VERSION below the first line")
	case len(m.Arch) == 0:
		return end.Errorf("arch is missing: write arch %s below the release", strings.Join(Ports, " "))
	}
	return nil
}
