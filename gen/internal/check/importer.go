package check

import (
	"fmt"
	"go/types"
)

// importer knows what generated code imports. It declares the few functions that
// are used itself: reading package syscall from source would take longer than all
// else together. A test compares them with the real ones.
type importer struct{}

// Import returns the package with the path.
func (importer) Import(path string) (*types.Package, error) {
	pkg := types.NewPackage(path, path)
	switch path {
	case "unsafe":
		return types.Unsafe, nil
	case "strconv":
		fn(pkg, "FormatInt", []types.BasicKind{types.Int64, types.Int}, types.Typ[types.String])
		fn(pkg, "FormatUint", []types.BasicKind{types.Uint64, types.Int}, types.Typ[types.String])
	case "syscall":
		name := types.NewTypeName(0, pkg, "Errno", nil)
		errno := types.NewNamed(name, types.Typ[types.Uintptr], nil)
		pkg.Scope().Insert(name)
		for entry, words := range map[string]int{"Syscall": 4, "Syscall6": 7, "Syscall9": 10, "RawSyscall": 4, "RawSyscall6": 7} {
			args := make([]types.BasicKind, words)
			for i := range args {
				args[i] = types.Uintptr
			}
			fn(pkg, entry, args, types.Typ[types.Uintptr], types.Typ[types.Uintptr], errno)
		}
	default:
		return nil, fmt.Errorf("generated code imports %s", path)
	}
	pkg.MarkComplete()
	return pkg, nil
}

// fn declares a function.
func fn(pkg *types.Package, name string, params []types.BasicKind, results ...types.Type) {
	tuple := func(list []types.Type) *types.Tuple {
		vars := make([]*types.Var, len(list))
		for i, t := range list {
			vars[i] = types.NewParam(0, pkg, "", t)
		}
		return types.NewTuple(vars...)
	}
	in := make([]types.Type, len(params))
	for i, k := range params {
		in[i] = types.Typ[k]
	}
	pkg.Scope().Insert(types.NewFunc(0, pkg, name, types.NewSignatureType(nil, nil, nil, tuple(in), tuple(results), false)))
}
