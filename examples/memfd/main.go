//go:build freebsd

// Memfd hands a message to another program as a file that neither can change any
// more, and that was never on a disk.
package main

import (
	"fmt"
	"log"
	"os"
	"os/exec"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func main() {
	if len(os.Args) > 1 { // the other program: descriptor 3 is the message
		read(os.NewFile(3, "message"))
		return
	}
	f, err := rawsys.MemfdCreate("message", zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
	check(err)
	_, err = f.WriteString("hello from another process")
	check(err)
	check(rawsys.AddSeals(int(f.Fd()), zsys.F_SEAL_SEAL|zsys.F_SEAL_WRITE|zsys.F_SEAL_SHRINK|zsys.F_SEAL_GROW))
	c := exec.Command(os.Args[0], "read")
	c.ExtraFiles, c.Stdout, c.Stderr = []*os.File{f}, os.Stdout, os.Stderr
	check(c.Run())
}

func read(f *os.File) {
	seals, err := rawsys.GetSeals(int(f.Fd()))
	check(err)
	buf := make([]byte, 100)
	n, _ := f.ReadAt(buf, 0)
	_, err = f.WriteAt([]byte("J"), 0)
	fmt.Printf("%q, sealed with %v; to write: %v\n", buf[:n], seals, err)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
