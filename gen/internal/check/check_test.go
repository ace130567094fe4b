package check

import (
	"go/token"
	"go/types"
	"strings"
	"testing"

	stdimporter "go/importer"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/emit"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

const manifest = `manifest 1
release freebsd 15.0
arch amd64 arm64 386 arm riscv64
header sys/a.h
struct pair Pair
`

const pairFacts = `facts 1
release freebsd 15.0 1500068
arch amd64 arm64 386 arm riscv64
struct pair sys/a.h
	size 24 386:16
	align 8 386:4
	field first offset 0 type int32 c int
	field second offset 8 386:4 type int64 c int64_t
	field third offset 16 386:12 type int32 c int
`

// generated returns what is generated from the definitions above.
func generated(t *testing.T) (map[string][]byte, *model.Model, *facts.File) {
	t.Helper()
	d, err := def.Parse("manifest", []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	f, err := facts.Parse("facts", []byte(pairFacts))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Build(d, f)
	if err != nil {
		t.Fatal(err)
	}
	files, err := emit.Files(m)
	if err != nil {
		t.Fatal(err)
	}
	return files, m, f
}

// TestProofs changes generated code: the assertions in it must fail to compile,
// and, when they are gone, the comparison with the facts must find it.
func TestProofs(t *testing.T) {
	for _, tt := range []struct{ name, file, old, new, compiler, compare string }{
		{"nothing", "zsys/types_notilp32.go", "", "", "", ""},
		{"a field's type", "zsys/types_notilp32.go", "First  int32", "First  int64",
			"on 386: zsys/proof_386.go", "Pair (struct pair) on 386: 20 bytes in Go, 16 in the facts"},
		{"a narrow field", "zsys/types_notilp32.go", "First  int32", "First  int8",
			"", "Pair (struct pair), field First (first) on amd64: 1 bytes in Go, 4 in the facts"},
		{"the pad", "zsys/types_ilp32.go", "[4]byte", "[0]byte",
			"on arm: zsys/proof_not386.go", "Pair (struct pair) on arm: 20 bytes in Go, 24 in the facts"},
		{"the name", "zsys/types_notilp32.go", "Third", "Fourth", "on 386: zsys/proof_386.go",
			"Pair (struct pair), field Third (third) on 386: at 12 in Go, at 12 in the facts"},
		{"syntax", "zsys/types_notilp32.go", "package zsys", "pack", "generated code does not parse: zsys/types_notilp32.go", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, m, f := generated(t)
			files[tt.file] = []byte(strings.Replace(string(files[tt.file]), tt.old, tt.new, 1))
			if err := Generated(files, m, f); tt.compiler != "" {
				wantError(t, err, tt.compiler)
			} else if tt.compare == "" {
				wantError(t, err, "")
			}
			if tt.compare == "" {
				return
			}
			for name := range files {
				if strings.HasPrefix(name, "zsys/proof") {
					delete(files, name)
				}
			}
			wantError(t, Generated(files, m, f), tt.compare)
		})
	}
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestImporter compares the declarations in this package with the real ones.
func TestImporter(t *testing.T) {
	real := stdimporter.ForCompiler(token.NewFileSet(), "source", nil)
	for _, path := range []string{"strconv", "syscall"} {
		own, err := importer{}.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := real.Import(path)
		if err != nil {
			t.Skipf("no source of package %s to compare with: %v", path, err)
		}
		for _, name := range own.Scope().Names() {
			got := types.ObjectString(own.Scope().Lookup(name), unqualified)
			if pkg.Scope().Lookup(name) == nil {
				if name != "Syscall9" { // the BSDs have it, this system need not
					t.Errorf("package %s has no %s", path, name)
				}
				continue
			}
			if want := signature(pkg.Scope().Lookup(name)); signature(own.Scope().Lookup(name)) != want {
				t.Errorf("%s.%s is declared as %s, and really %s", path, name, got, want)
			}
		}
	}
	if _, err := (importer{}).Import("fmt"); err == nil {
		t.Error("fmt was imported")
	}
}

func unqualified(*types.Package) string { return "" }

// signature is an object's type without the names of parameters.
func signature(obj types.Object) string {
	sig, ok := obj.Type().(*types.Signature)
	if !ok {
		return types.TypeString(obj.Type().Underlying(), unqualified)
	}
	var parts []string
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			parts = append(parts, types.TypeString(v.Type(), unqualified))
		}
		parts = append(parts, ";")
	}
	return strings.Join(parts, " ")
}
