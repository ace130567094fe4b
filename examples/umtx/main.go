//go:build freebsd

// Umtx counts to 40000 with four processes, which share one page of memory: a
// lock at its start, and the number behind it.
package main

import (
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"os/exec"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/umtx"
	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if len(os.Args) > 1 { // a child: descriptor 3 is the memory
		count(page(os.NewFile(3, "shared")))
		return
	}
	f, err := rawsys.MemfdCreate("umtx", zsys.MFD_CLOEXEC)
	check(err)
	check(f.Truncate(int64(os.Getpagesize())))
	var children [4]*exec.Cmd
	for i := range children {
		c := exec.Command(os.Args[0], "child")
		c.ExtraFiles, c.Stderr = []*os.File{f}, os.Stderr
		check(c.Start())
		children[i] = c
	}
	for _, c := range children {
		check(c.Wait())
	}
	fmt.Println(binary.NativeEndian.Uint32(page(f)[64:]))
}

func count(mem []byte) {
	m, err := umtx.MutexAt(mem)
	check(err)
	for range 10000 {
		m.Lock()
		binary.NativeEndian.PutUint32(mem[64:], binary.NativeEndian.Uint32(mem[64:])+1)
		m.Unlock()
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
