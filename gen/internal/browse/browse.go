// Package browse writes the ABI as one web page that needs nothing else: the
// structs as byte maps, the constants and the system calls, to search and print.
package browse

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// The parts of the page. The data stands in a script element of type
// application/json, a line for each item, so that a change is a change of lines.
var (
	//go:embed page.html
	page string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
)

// Page writes the page. Releases are those to compare, the oldest first; the
// model is that of the last or of a later one.
func Page(w io.Writer, m *model.Model, f *facts.File, releases []*facts.File) error {
	items, err := lines(collect(m, f, releases))
	if err != nil {
		return err
	}
	t, err := template.New("page").Parse(page)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		Title  string
		Style  template.CSS
		Script template.JS
		Data   template.JS
	}{
		fmt.Sprintf("%s %s in Go", systemName(m.System), m.Release),
		template.CSS(style), template.JS(script), template.JS(items),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

func systemName(s string) string {
	if s == "freebsd" {
		return "FreeBSD"
	}
	return s
}

// lines encodes items as JSON, one a line. The encoder escapes <, > and &, so
// that no text of an item ends the script element.
func lines(items []item) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("[")
	for i, it := range items {
		if i > 0 {
			b.WriteString(",")
		}
		line, err := json.Marshal(it)
		if err != nil {
			return nil, err
		}
		b.WriteString("\n")
		b.Write(line)
	}
	b.WriteString("\n]")
	return b.Bytes(), nil
}
