package kinfo_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/kinfo"
)

func ExampleFiles() {
	open := 0
	for k, err := range kinfo.Files(os.Getpid()) {
		if err != nil {
			log.Fatal(err)
		}
		if _, pseudo := k.PseudoFd(); !pseudo {
			open++
		}
	}
	fmt.Println("open descriptors:", open)
}

func ExampleCollect() {
	files, err := kinfo.Collect(kinfo.Files(1))
	switch {
	case errors.Is(err, syscall.ESRCH):
		fmt.Println("no such process")
	case errors.Is(err, fs.ErrPermission):
		fmt.Println(err) // another's process, or this one is in a sandbox
	case err != nil:
		log.Fatal(err)
	}
	for _, k := range files {
		fmt.Println(k.Fd, k.Type, k.PathString())
	}
}

func ExampleCwd() {
	k, err := kinfo.Cwd(os.Getpid())
	if err != nil {
		log.Fatal(err)
	}
	wd, err := os.Getwd()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(k.PathString() == wd)
	// Output: true
}

func ExampleFd() {
	r, w, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fmt.Fprint(w, "hello")
	k, err := kinfo.Fd(int(r.Fd()))
	if err != nil {
		log.Fatal(err)
	}
	if pipe, ok := k.Pipe(); ok {
		fmt.Println(pipe.BufferCnt, "bytes to read")
	}
	// Output: 5 bytes to read
}

func ExampleFile_Socket() {
	for k, err := range kinfo.Files(os.Getpid()) {
		if err != nil {
			log.Fatal(err)
		}
		if s, ok := k.Socket(); ok && s.Peer().IsValid() {
			fmt.Println(s.Local(), s.Peer(), s.RecvQueue(), "bytes to read")
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
