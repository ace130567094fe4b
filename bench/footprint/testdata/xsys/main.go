// Program xsys makes one call of golang.org/x/sys/unix.
package main

import (
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	if _, err := unix.Write(1, []byte("hello\n")); err != nil {
		os.Exit(1)
	}
}
