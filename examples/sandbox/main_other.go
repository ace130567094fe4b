//go:build !freebsd

package main

import (
	"errors"
	"os"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

func main() {
	_, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = errors.New("this system is not FreeBSD")
	}
	os.Exit(report.ExitCode(os.Stderr, "sandbox", err))
}
