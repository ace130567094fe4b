package browse

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// pageOf writes the page of a model with one struct, whose doc would break out
// of a script element.
func pageOf(t *testing.T) string {
	t.Helper()
	s := &model.Struct{Info: model.Info{C: "struct pair", Header: "sys/pair.h", Doc: []string{"</script><script>alert(1)</script>"}}, Go: "Pair", Tag: "struct.pair"}
	l := &model.Layout{Size: 16, Align: 8, Fields: []model.Field{
		{Go: "A", C: "a", Type: "uint8", Size: 1}, {Go: "_", Type: "[7]byte", Offset: 1, Size: 7}, {Go: "B", C: "$1", Type: "int64", Offset: 8, Size: 8},
	}}
	s.Layout.Set(model.LP64, l)
	m := &model.Model{System: "freebsd", Release: "15.0", Ports: []facts.Port{facts.AMD64, facts.ARM64}, Classes: []model.Class{model.LP64}, Structs: []*model.Struct{s}}
	var b bytes.Buffer
	if err := Page(&b, m, &facts.File{}, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPage(t *testing.T) {
	page := pageOf(t)
	_, rest, _ := strings.Cut(page, `id="data">`)
	data, _, ok := strings.Cut(rest, "</script>")
	var items []item
	if err := json.Unmarshal([]byte(data), &items); !ok || err != nil {
		t.Fatalf("the data is not JSON: %v\n%s", err, data)
	}
	got, _ := json.Marshal(items[0].Layouts)
	want := `[{"ports":["amd64","arm64"],"size":16,"align":8,"fields":[{"c":"a","go":"A","type":"uint8","off":0,"size":1},{"c":"(a member without a name)","go":"B","type":"int64","off":8,"size":8}]}]`
	if string(got) != want {
		t.Errorf("layouts\n%s\nwant\n%s", got, want)
	}
	if !strings.HasPrefix(items[0].Doc, "</script>") {
		t.Errorf("doc %q", items[0].Doc)
	}
}

// The page loads nothing, and forbids itself to.
func TestSelfContained(t *testing.T) {
	page := pageOf(t)
	for _, bad := range []string{"<script src", "<link", "@import", "url(", "http://", "https://", "innerHTML"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	if !strings.Contains(page, "default-src 'none'") {
		t.Error("no policy against loading")
	}
}
