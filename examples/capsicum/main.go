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

	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: capsicum file")
	}
	f, err := os.Open(os.Args[1])
	check(err)
	check(capsicum.LimitConn(f, capsicum.MustRights(zsys.CAP_READ, zsys.CAP_EVENT)))
	check(capsicum.LimitConn(os.Stdout, capsicum.MustRights(zsys.CAP_WRITE)))
	check(capsicum.LimitConn(os.Stderr, capsicum.MustRights(zsys.CAP_WRITE)))
	check(capsicum.Enter())

	lines := 0
	s := bufio.NewScanner(f)
	for s.Scan() {
		lines++
	}
	check(s.Err())
	_, err = os.Open("/etc/passwd")
	fmt.Printf("%d lines; and /etc/passwd: %v\n", lines, err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
