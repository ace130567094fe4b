//go:build freebsd

// Stat prints what FreeBSD tells of files, their creation time and file flags
// among it, which package os does not tell.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/rawsys-go/rawsys"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: stat file ...")
		os.Exit(2)
	}
	failed := false
	for _, path := range os.Args[1:] {
		var st rawsys.FileStat
		if err := rawsys.Lstat(path, &st); err != nil {
			fmt.Fprintln(os.Stderr, err)
			failed = true
			continue
		}
		fmt.Printf("%s: %v, %d bytes in %d blocks, inode %d, links %d\n", path, st.FileMode(), st.Size, st.Blocks, st.Ino, st.Nlink)
		created := "in an unknown year" // not all file systems tell
		if t := st.BirthTime(); !t.IsZero() {
			created = t.Format(time.RFC3339)
		}
		fmt.Printf("  written %s, created %s, flags %q\n", st.MTime().Format(time.RFC3339), created, st.FlagNames())
	}
	if failed {
		os.Exit(1)
	}
}
