//go:build tools

package rawsys
