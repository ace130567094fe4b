//go:build !freebsd

package main

import (
	"os"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

func main() {
	_, err := parse(os.Args[1:], os.Stderr)
	report.NotHere("fdstat", err)
}
