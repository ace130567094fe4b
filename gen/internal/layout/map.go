package layout

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// A row of the map is this many bytes, each of them this many columns: with the
// offset in front it fits a terminal of 80 columns.
const (
	rowBytes  = 8
	byteWidth = 8
)

// span is a field, or a hole, which has no name.
type span struct {
	label      string
	start, end int64
}

// spans cuts a layout into fields and holes.
func spans(l *model.Layout) []span {
	var out []span
	at := int64(0)
	for _, f := range named(l) {
		if f.Offset > at {
			out = append(out, span{"", at, f.Offset})
		}
		out = append(out, span{label(f), f.Offset, f.Offset + f.Size})
		at = f.Offset + f.Size
	}
	if l.Size > at {
		out = append(out, span{"", at, l.Size})
	}
	return out
}

func label(f model.Field) string {
	if f.C == "" {
		return f.Go
	}
	return f.C + "  " + f.CType
}

// drawMap draws a row for every eight bytes. What fills several rows is drawn in
// one, with its size.
func drawMap(w *strings.Builder, l *model.Layout) {
	all := spans(l)
	for row := int64(0); row < l.Size; {
		var cells strings.Builder
		next := row + rowBytes
		for _, s := range all {
			from, to := max(s.start, row), min(s.end, row+rowBytes)
			if from >= to {
				continue
			}
			if from == row && s.end >= row+2*rowBytes {
				next = s.end / rowBytes * rowBytes
			}
			cells.WriteString(cell(s, from, to, next))
		}
		fmt.Fprintf(w, "%6d |%s\n", row, cells.String())
		row = next
	}
}

// cell draws the bytes from from to to of s, in a row before the one at next.
func cell(s span, from, to, next int64) string {
	width := int(to-from)*byteWidth - 1
	text := s.label
	switch {
	case text == "":
		text = strings.Repeat(".", width)
	case from > s.start:
		text = "(" + strings.Fields(text)[0] + ")"
	}
	if from == to-rowBytes && next > to {
		if size := fmt.Sprintf("  %d bytes", next-from); s.label != "" {
			text = fit(text, width-len(size)) + size
		} else {
			text = fmt.Sprintf("..%s %s", size, strings.Repeat(".", width-len(size)-3))
		}
	}
	return fmt.Sprintf("%-*s|", width, fit(text, width))
}

// fit shortens text to a width: first the type is left out, then the end.
func fit(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	name, _, _ := strings.Cut(text, "  ")
	if len(name) > width {
		return name[:width-1] + "…"
	}
	return name
}
