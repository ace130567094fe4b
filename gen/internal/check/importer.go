package check

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
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
		text, bytes := types.Typ[types.String], types.NewSlice(types.Universe.Lookup("byte").Type())
		fn(pkg, "FormatInt", basic(types.Int64, types.Int), text)
		fn(pkg, "FormatUint", basic(types.Uint64, types.Int), text)
		fn(pkg, "AppendUint", append([]types.Type{bytes}, basic(types.Uint64, types.Int)...), bytes)
	case "syscall":
		name := types.NewTypeName(token.NoPos, pkg, "Errno", nil)
		errno := types.NewNamed(name, types.Typ[types.Uintptr], nil)
		pkg.Scope().Insert(name)
		text := types.NewTuple(types.NewParam(token.NoPos, pkg, "", types.Typ[types.String]))
		sig := types.NewSignatureType(types.NewParam(token.NoPos, pkg, "", errno), nil, nil, nil, text, false)
		errno.AddMethod(types.NewFunc(token.NoPos, pkg, "Error", sig))
		pkg.Scope().Insert(types.NewConst(token.NoPos, pkg, "EINVAL", errno, constant.MakeInt64(22)))
		for entry, words := range map[string]int{"Syscall": 4, "Syscall6": 7, "Syscall9": 10, "RawSyscall": 4, "RawSyscall6": 7} {
			fn(pkg, entry, basic(slices.Repeat([]types.BasicKind{types.Uintptr}, words)...), types.Typ[types.Uintptr], types.Typ[types.Uintptr], errno)
		}
	default:
		return nil, fmt.Errorf("generated code imports %s", path)
	}
	pkg.MarkComplete()
	return pkg, nil
}

// basic returns the basic types of some kinds.
func basic(kinds ...types.BasicKind) []types.Type {
	out := make([]types.Type, len(kinds))
	for i, k := range kinds {
		out[i] = types.Typ[k]
	}
	return out
}

// fn declares a function.
func fn(pkg *types.Package, name string, params []types.Type, results ...types.Type) {
	tuple := func(list []types.Type) *types.Tuple {
		vars := make([]*types.Var, len(list))
		for i, t := range list {
			vars[i] = types.NewParam(token.NoPos, pkg, "", t)
		}
		return types.NewTuple(vars...)
	}
	sig := types.NewSignatureType(nil, nil, nil, tuple(params), tuple(results), false)
	pkg.Scope().Insert(types.NewFunc(token.NoPos, pkg, name, sig))
}
