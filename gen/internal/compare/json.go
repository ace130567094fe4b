package compare

import (
	"encoding/json"
	"io"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

type jsonReport struct {
	Old     jsonRelease  `json:"old"`
	New     jsonRelease  `json:"new"`
	Arch    []string     `json:"arch"`
	Changes []jsonChange `json:"changes"`
	Breaks  int          `json:"breaks"` // how many of them break the ABI
}

type jsonRelease struct {
	System  string `json:"system"`
	Release string `json:"release"`
	Version int    `json:"version"`
}

type jsonChange struct {
	Of     string       `json:"of"` // typedef, constant, enum, struct, errno, syscall
	Kind   string       `json:"kind"`
	Name   string       `json:"name"`
	Detail string       `json:"detail"`
	Breaks bool         `json:"breaks"`
	Values []jsonValues `json:"values,omitempty"`
}

type jsonValues struct {
	What string `json:"what"`
	Arch string `json:"arch"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

var kinds = map[Kind]string{Added: "added", Removed: "removed", Changed: "changed"}

// JSON writes the report for programs to read.
func (r *Report) JSON(w io.Writer) error {
	release := func(r facts.Release) jsonRelease { return jsonRelease{r.System, r.Name, r.Version} }
	out := jsonReport{Old: release(r.Old), New: release(r.New), Arch: []string{}, Changes: []jsonChange{}}
	for _, p := range r.Ports {
		out.Arch = append(out.Arch, p.String())
	}
	for _, s := range r.Sections {
		for _, c := range s.Changes {
			j := jsonChange{Of: s.Of, Kind: kinds[c.Kind], Name: c.Name, Detail: c.Detail, Breaks: c.Breaks}
			for _, v := range c.Values {
				j.Values = append(j.Values, jsonValues{v.What, v.Port.String(), v.Old, v.New})
			}
			out.Changes = append(out.Changes, j)
		}
	}
	_, out.Breaks = r.Count()
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "\t")
	return e.Encode(out)
}
