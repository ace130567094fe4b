package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// first is the descriptor of the first grant after standard error.
const first = 3

// work is the worker. It enters capability mode before it reads a byte.
func work(o *options) error {
	if err := dieWith(os.Getenv(isWorker)); err != nil {
		return err
	}
	if o.show { // before, as the kernel does not tell it to a process in that mode
		if err := show(); err != nil {
			return err
		}
	}
	if err := capsicum.Enter(); err != nil {
		return err
	}
	if o.try {
		try()
	}
	if o.work == "serve" {
		return serveFiles()
	}
	for i, name := range o.names {
		if err := countLines(os.NewFile(uintptr(first+i), name)); err != nil {
			return err
		}
	}
	return nil
}

// dieWith has the kernel kill this process when its parent ends, which is to be the
// supervisor still. SysProcAttr.Pdeathsig would ask the same between fork and exec,
// but passes procctl(2) its arguments in the wrong registers on arm (Go 1.26).
func dieWith(supervisor string) error {
	sig := int32(zsys.SIGKILL)
	if err := zsys.Procctl(zsys.P_PID, 0, zsys.PROC_PDEATHSIG_CTL, unsafe.Pointer(&sig)); err != nil {
		return fmt.Errorf("procctl: %w", err)
	}
	if strconv.Itoa(os.Getppid()) != supervisor {
		return errors.New("the supervisor has ended")
	}
	return nil
}

// show lists the worker's descriptors, as the kernel has them. If Go's runtime has
// opened some for itself by then, a queue of events and what wakes it, they are
// among them.
func show() error {
	for f, err := range kinfo.Files(os.Getpid()) {
		if err != nil {
			return err
		}
		if f.Fd < 0 {
			continue // the working directory and the like
		}
		rights, err := capsicum.RightsOf(f.CapRights)
		if err != nil {
			return err
		}
		text := rights.String()
		if rights == capsicum.AllRights() {
			text = "all rights"
		}
		fmt.Printf("fd %d %v: %s\n", f.Fd, f.Type, text)
	}
	return nil
}

// try does what a worker would that is not ours any more. None of it may succeed.
func try() {
	for _, attempt := range []struct {
		name string
		do   func() error
	}{
		{"open the root directory", func() error { _, err := os.Open("/"); return err }},
		{"connect to a port", func() error { _, err := net.DialTimeout("tcp", "127.0.0.1:1", time.Second); return err }},
		{"signal the supervisor", func() error { return syscall.Kill(os.Getppid(), 0) }},
		{"write to the first grant", func() error { _, err := syscall.Pwrite(first, []byte("x"), 0); return err }},
		{"read standard output", func() error { _, err := syscall.Read(1, make([]byte, 1)); return err }},
		{"widen its rights", func() error { return capsicum.Limit(1, capsicum.AllRights()) }},
	} {
		err := attempt.do()
		var errno syscall.Errno
		switch {
		case err == nil:
			fmt.Printf("%s: DONE\n", attempt.name)
		case errors.As(err, &errno):
			fmt.Printf("%s: %v\n", attempt.name, errno)
		default:
			fmt.Printf("%s: %v\n", attempt.name, err)
		}
	}
}

// countLines counts the lines of a file, whatever is in it.
func countLines(f *os.File) error {
	var lines, bytes int64
	buf := make([]byte, 64<<10)
	for {
		n, err := f.Read(buf)
		for _, b := range buf[:n] {
			if b == '\n' {
				lines++
			}
		}
		bytes += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	_, err := fmt.Printf("%8d %10d %q\n", lines, bytes, f.Name())
	return err
}

// serveFiles answers each connection with the file that it asks for.
func serveFiles() error {
	l, err := net.FileListener(os.NewFile(first, "listener"))
	if err != nil {
		return err
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer conn.Close()
			if err := answer(conn, first+1); err != nil {
				log.Printf("%v: %v", conn.RemoteAddr(), err)
			}
		}()
	}
}

// answer reads a name and sends that file.
func answer(conn net.Conn, dir int) error {
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	name, err := bufio.NewReader(io.LimitReader(conn, 1024)).ReadString('\n')
	if err != nil {
		return err
	}
	f, size, err := openBelow(dir, name[:len(name)-1])
	if err != nil {
		fmt.Fprintf(conn, "error %v\n", err)
		return err
	}
	defer f.Close()
	t := rawsys.Transfer{File: f, Count: size, Headers: [][]byte{fmt.Appendf(nil, "length %d\n", size)}}
	_, err = t.WriteTo(conn)
	return err
}

// openBelow opens a regular file below a directory. The kernel sees to it that it is
// below: this process is in capability mode.
func openBelow(dir int, name string) (*os.File, int64, error) {
	fd, err := zsys.Openat(dir, name, zsys.O_RDONLY|zsys.O_CLOEXEC|zsys.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, &os.PathError{Op: "openat", Path: name, Err: err}
	}
	f := os.NewFile(uintptr(fd), name)
	var st rawsys.FileStat
	if err := rawsys.Fstat(fd, &st); err != nil {
		f.Close()
		return nil, 0, err
	}
	if !st.FileMode().IsRegular() {
		f.Close()
		return nil, 0, fmt.Errorf("%q is no regular file", name)
	}
	return f, st.Size, nil
}
