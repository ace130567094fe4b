//go:build freebsd

// Openfiles lists the open files of a process, its own without an argument,
// as fstat(1) and lsof do.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/rawsys-go/rawsys/kinfo"
)

func main() {
	pid := os.Getpid()
	if len(os.Args) > 1 {
		var err error
		if pid, err = strconv.Atoi(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "usage: openfiles [pid]")
			os.Exit(2)
		}
	}
	for k, err := range kinfo.Files(pid) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		name := strconv.Itoa(int(k.Fd))
		if use, ok := k.PseudoFd(); ok {
			name = use.String()
		}
		fmt.Printf("%-17s %-15v %-30v %s%s\n", name, k.Type, k.Flags, k.PathBytes(), ends(k))
	}
}

// ends gives a socket's addresses.
func ends(k *kinfo.File) string {
	s, ok := k.Socket()
	if !ok {
		return ""
	}
	if s.Local().IsValid() {
		return fmt.Sprintf(" %v -> %v, %d bytes to read", s.Local(), s.Peer(), s.RecvQueue())
	}
	return fmt.Sprintf(" %s -> %s", s.LocalPath(), s.PeerPath())
}
