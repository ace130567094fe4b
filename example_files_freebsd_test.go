package rawsys_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"syscall"
	"time"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleStat() {
	var st rawsys.FileStat
	if err := rawsys.Stat("/", &st); err != nil {
		log.Fatal(err)
	}
	fmt.Println(st.FileMode().IsDir(), time.Since(st.MTime()) > 0)
	// Output: true true
}

func ExampleLstat() {
	var st rawsys.FileStat
	err := rawsys.Lstat("/no/such/file", &st)
	fmt.Println(errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOENT))
	// Output: true true
}

func ExampleFstat() {
	f, err := os.Open("/dev/null")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	var st rawsys.FileStat
	if err := rawsys.Fstat(int(f.Fd()), &st); err != nil {
		log.Fatal(err)
	}
	fmt.Println(st.FileMode().Type())
	// Output: Dc---------
}

func ExampleFstatat() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(dir)
	d, err := os.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer d.Close()
	var st rawsys.FileStat
	err = rawsys.Fstatat(int(d.Fd()), "../other", &st, zsys.AT_RESOLVE_BENEATH)
	fmt.Println(errors.Is(err, syscall.ENOTCAPABLE), errors.Is(err, fs.ErrPermission))
	// Output: true true
}

func ExampleFileStat_BirthTime() {
	var st rawsys.FileStat
	if err := rawsys.Stat("/", &st); err != nil {
		log.Fatal(err)
	}
	if t := st.BirthTime(); t.IsZero() {
		fmt.Println("the file system keeps no creation times")
	} else {
		fmt.Println("created", t)
	}
}

func ExampleError() {
	var st rawsys.FileStat
	err := rawsys.Fstat(-1, &st)
	var e *rawsys.Error
	if errors.As(err, &e) {
		fmt.Println(e.Op, e.Object, e.Errno == syscall.EBADF)
	}
	fmt.Println(err)
	// Output:
	// fstat fd -1 true
	// fstat fd -1: bad file descriptor
}
