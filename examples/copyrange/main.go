//go:build freebsd

// Copyrange copies a file, as cp does: by sharing its blocks where the file
// system can, else inside the kernel, else by hand.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: copyrange from to")
	}
	from, err := os.Open(os.Args[1])
	check(err)
	to, err := os.Create(os.Args[2])
	check(err)

	way := "cloned"
	n, err := rawsys.CopyRangeConn(to, 0, from, 0, rawsys.ToEOF, zsys.COPY_FILE_RANGE_CLONE)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) { // EINVAL: before FreeBSD 15.0
		way = "copied"
		n, err = rawsys.CopyRangeConn(to, 0, from, 0, rawsys.ToEOF, 0)
	}
	fmt.Printf("%d bytes %s\n", n, way) // exact, also when it failed
	check(err)
	check(to.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
