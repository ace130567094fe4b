//go:build generate

// This file says how the module is made: go generate runs what stands here,
// and go.mod's tool lines pin what make lint builds. The tools are not
// imported here, as was once the custom, because go mod tidy would then write
// them into the go.mod of everybody who imports the package.

package rawsys

//go:generate go run ./gen generate
