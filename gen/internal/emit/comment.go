package emit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// width is where comments are broken.
const width = 77

// paragraphs makes comment lines of documentation: lines in a row are one
// paragraph, and an empty one is where it ends.
func paragraphs(doc []string) []string {
	var out []string
	var words []string
	flush := func() {
		if len(words) > 0 {
			out = append(out, wrap(words)...)
		}
		words = nil
	}
	for _, line := range doc {
		if line == "" {
			flush()
			out = append(out, "//")
			continue
		}
		words = append(words, strings.Fields(line)...)
	}
	flush()
	return out
}

func wrap(words []string) []string {
	var out []string
	line := "//"
	for _, w := range words {
		if len(line)+1+len(w) > width && line != "//" {
			out, line = append(out, line), "//"
		}
		line += " " + w
	}
	return append(out, line)
}

// about makes the comment of an item: its documentation, and a paragraph with
// what C and the manual say.
func about(doc []string, i model.Info, c ...string) []string {
	if i.Since != "" {
		c = append(c, sentence(since(i.Since))+".")
	}
	if i.Man != "" {
		c = append(c, fmt.Sprintf("Manual: %s.", i.Man))
	}
	if len(c) == 0 {
		return paragraphs(doc)
	}
	all := append(append([]string{}, doc...), "")
	return paragraphs(append(all, strings.Join(c, " ")))
}

// callDoc is what a stub's comment says first: what the call does, and which
// pointers may be nil.
func callDoc(c *model.Call) []string {
	doc := c.Doc
	if len(doc) == 0 {
		doc = []string{fmt.Sprintf("%s makes the system call %s.", c.Go, c.Name)}
	}
	var list []string
	for _, p := range c.Params {
		if p.Nil {
			list = append(list, p.Name)
		}
	}
	switch n := len(list); n {
	case 0:
		return doc
	case 1:
		return append(slices.Clone(doc), sentence(list[0])+" may be nil.")
	default:
		return append(slices.Clone(doc), sentence(strings.Join(list[:n-1], ", "))+" and "+list[n-1]+" may be nil.")
	}
}

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// capmode says whether capability mode allows a call.
func capmode(c *model.Call) string {
	if c.Capmode {
		return "Capability mode allows it."
	}
	return "Capability mode does not allow it."
}

// since says which release has an item first: that of >12.1 is not known
// better.
func since(release string) string {
	if before, ok := strings.CutPrefix(release, ">"); ok {
		return "not in FreeBSD " + before
	}
	return "since FreeBSD " + release
}
