//go:build freebsd

// Capsicum counts the lines of a file in a sandbox: by the time that it looks at
// the content it can read that one file, write to standard output, and nothing
// else, whatever the content may make it do.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: capsicum file")
	}
	f, err := os.Open(os.Args[1])
	check(err)
	limit(f, zsys.CAP_READ, zsys.CAP_EVENT)
	limit(os.Stdout, zsys.CAP_WRITE)
	limit(os.Stderr, zsys.CAP_WRITE)
	check(rawsys.Enter())

	lines := 0
	s := bufio.NewScanner(f)
	for s.Scan() {
		lines++
	}
	check(s.Err())
	_, err = os.Open("/etc/passwd")
	fmt.Printf("%d lines; and /etc/passwd: %v\n", lines, err)
}

func limit(f *os.File, rights ...uint64) {
	r, err := rawsys.NewRights(rights...)
	check(err)
	check(rawsys.LimitRights(int(f.Fd()), r))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
