package def

import (
	"os"
	"testing"
)

// TestFreeBSD reads the manifest that this repository generates from. Everything
// in it is documented, but for calls: they need one line, and are then documented
// by their names.
func TestFreeBSD(t *testing.T) {
	src, err := os.ReadFile("../../../defs/freebsd.def")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Parse("freebsd.def", src)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range m.Sections {
		for _, it := range s.Items {
			if _, refuse := it.(*Refuse); refuse {
				continue // its line is the reason
			}
			if _, call := it.(*Call); !call && it.About().Doc == nil && it.What().Text != "errno" {
				t.Errorf("%v: %s has no doc line", it.What().Pos, it.What().Text)
			}
		}
	}
}
