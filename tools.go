//go:build tools

// The tools that make lint builds are pinned by go.mod's tool lines. They are not
// imported here, as was once the custom, because go mod tidy would then write
// them into the go.mod of everybody who imports the package. What go generate
// runs stands in zsys/zsys.go.

package rawsys
