// Package rawsys is FreeBSD's kernel interface in Go, and one sendfile that
// behaves the same on every system, without assembly, cgo or linkname.
package rawsys
