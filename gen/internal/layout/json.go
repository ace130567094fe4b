package layout

import (
	"encoding/json"
	"io"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// jsonStruct is a struct on one port.
type jsonStruct struct {
	C      string      `json:"c"`
	Go     string      `json:"go"`
	Header string      `json:"header"`
	Arch   string      `json:"arch"`
	Size   int64       `json:"size"`
	Align  int64       `json:"align"`
	Fields []jsonField `json:"fields"`
}

// jsonField is a field that C has. Go is _ for one that is blank in Go.
type jsonField struct {
	C      string `json:"c"`
	Go     string `json:"go"`
	Offset int64  `json:"offset"`
	Size   int64  `json:"size"`
	Type   string `json:"type"`
	GoType string `json:"goType"`
}

// JSON writes an array with an object for each struct on each port.
func JSON(w io.Writer, structs []*model.Struct, ports []facts.Port) error {
	out := []jsonStruct{}
	for _, s := range structs {
		for _, p := range ports {
			l, ok := s.Layout.On(p)
			if !ok {
				continue
			}
			j := jsonStruct{s.C, s.Go, s.Header, p.String(), l.Size, l.Align, []jsonField{}}
			for _, f := range named(l) {
				j.Fields = append(j.Fields, jsonField{f.C, f.Go, f.Offset, f.Size, f.CType, f.Type})
			}
			out = append(out, j)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}
