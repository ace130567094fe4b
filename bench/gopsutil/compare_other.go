//go:build !freebsd

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "gopsutil: this system is not FreeBSD")
	os.Exit(1)
}
