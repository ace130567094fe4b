package zsys_test

import (
	"flag"
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

var update = flag.Bool("update", false, "rewrite api/zsys.txt")

// TestAPI compares the exported names with api/zsys.txt: nothing that programs use
// goes, or changes its type or value, unnoticed.
func TestAPI(t *testing.T) {
	needs.Kernel(t)
	const path = "../api/zsys.txt"
	got := api(t)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("gone, or no longer so, which breaks programs: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("new: %s\n(go test ./zsys -update adds it to api/zsys.txt)", line)
		}
	}
}

// api lists the exported names, one a line, with the ports of those that are not
// the same on all.
func api(t *testing.T) []string {
	t.Helper()
	on := make(map[string][]string)
	var order []string
	for _, arch := range ports {
		// Bodies of stubs are not understood here, and do not matter.
		pkg := load(t, ".", arch, false, func(string) bool { return true })
		for _, name := range pkg.Scope().Names() {
			for _, line := range describe(pkg.Scope().Lookup(name)) {
				if on[line] == nil {
					order = append(order, line)
				}
				on[line] = append(on[line], arch)
			}
		}
	}
	var out []string
	for _, line := range order {
		if len(on[line]) < len(ports) {
			line += "  // " + strings.Join(on[line], ", ")
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

// describe returns the lines of an object.
func describe(obj types.Object) []string {
	if !obj.Exported() {
		return nil
	}
	local := types.RelativeTo(obj.Pkg())
	switch obj := obj.(type) {
	case *types.Const:
		typ := ""
		if b, ok := obj.Type().(*types.Basic); !ok || b.Info()&types.IsUntyped == 0 {
			typ = " " + types.TypeString(obj.Type(), local)
		}
		return []string{fmt.Sprintf("const %s%s = %s", obj.Name(), typ, obj.Val().ExactString())}
	case *types.TypeName:
		if obj.IsAlias() {
			return []string{fmt.Sprintf("type %s = %s", obj.Name(), types.TypeString(types.Unalias(obj.Type()), local))}
		}
		return describeType(obj, local)
	}
	return []string{types.ObjectString(obj, local)}
}

// describeType returns the lines of a defined type, its fields and its methods.
func describeType(obj *types.TypeName, local types.Qualifier) []string {
	var out []string
	if s, ok := obj.Type().Underlying().(*types.Struct); ok {
		out = append(out, fmt.Sprintf("type %s struct", obj.Name()))
		for f := range s.Fields() {
			if f.Exported() {
				out = append(out, fmt.Sprintf("type %s struct, %s %s", obj.Name(), f.Name(), types.TypeString(f.Type(), local)))
			}
		}
	} else {
		out = append(out, fmt.Sprintf("type %s %s", obj.Name(), types.TypeString(obj.Type().Underlying(), local)))
	}
	for m := range obj.Type().(*types.Named).Methods() {
		out = append(out, strings.Replace(types.ObjectString(m, local), "func", "method", 1))
	}
	return out
}
