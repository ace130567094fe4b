package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"

	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/zsys"
)

// isWorker in the environment makes this program the worker of the process that it
// names.
const isWorker = "SANDBOX_WORKER"

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	switch {
	case err != nil:
	case os.Getenv(isWorker) != "":
		err = work(o)
	default:
		err = supervise(o)
	}
	os.Exit(report.ExitCode(os.Stderr, "sandbox", err))
}

// What the worker may do with each descriptor. A poller of Go's waits for sockets and pipes with
// CAP_EVENT.
var (
	nothing  = capsicum.Rights{}
	output   = capsicum.MustRights(zsys.CAP_WRITE, zsys.CAP_EVENT)
	readable = capsicum.MustRights(zsys.CAP_READ, zsys.CAP_EVENT)
	// What is opened below a directory has the directory's rights.
	directory = capsicum.MustRights(zsys.CAP_LOOKUP, zsys.CAP_PREAD, zsys.CAP_FSTAT)
	// What is accepted has the listener's: to read a name, to write a file, to keep
	// header and file together (TCP_NOPUSH), to hang up. net.FileListener asks whether it
	// waits, and makes it not wait.
	listener = capsicum.MustRights(zsys.CAP_ACCEPT, zsys.CAP_EVENT, zsys.CAP_FCNTL, zsys.CAP_GETSOCKNAME, zsys.CAP_GETSOCKOPT,
		zsys.CAP_SETSOCKOPT, zsys.CAP_READ, zsys.CAP_WRITE, zsys.CAP_SHUTDOWN)
)

// grant is a descriptor for the worker.
type grant struct {
	file   *os.File
	rights capsicum.Rights
}

// supervise starts the worker with what its work needs, and waits for it.
func supervise(o *options) error {
	grants, err := o.open()
	defer func() {
		for _, g := range grants {
			g.file.Close()
		}
	}()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	worker := exec.Command(self, os.Args[1:]...)
	worker.Env = []string{isWorker + "=" + strconv.Itoa(os.Getpid())} // not what ours may hold of secrets
	for _, g := range grants {
		if err := capsicum.LimitConn(g.file, g.rights); err != nil {
			return err
		}
		if g.rights == listener { // the other rights have no fcntl(2) to limit
			if err := capsicum.LimitFcntlsConn(g.file, zsys.CAP_FCNTL_GETFL|zsys.CAP_FCNTL_SETFL); err != nil {
				return err
			}
		}
		worker.ExtraFiles = append(worker.ExtraFiles, g.file)
	}
	std := worker.ExtraFiles[:3]
	worker.Stdin, worker.Stdout, worker.Stderr, worker.ExtraFiles = std[0], std[1], std[2], worker.ExtraFiles[3:]
	err = worker.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() > 0 {
		return fmt.Errorf("the worker ended with status %d", exit.ExitCode())
	}
	return err
}

// open opens what the worker gets: nothing as input, its outputs, and then what its
// work is about. Limits of a descriptor are not its copy's, so that ours stay.
func (o *options) open() (grants []grant, err error) {
	add := func(f *os.File, r capsicum.Rights, err error) error {
		if err == nil {
			grants = append(grants, grant{f, r})
		}
		return err
	}
	null, err := os.Open(os.DevNull)
	if err := add(null, nothing, err); err != nil {
		return grants, err
	}
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		fd, err := zsys.Fcntl(int(f.Fd()), zsys.F_DUPFD_CLOEXEC, 3)
		if err := add(os.NewFile(uintptr(fd), f.Name()), output, err); err != nil {
			return grants, err
		}
	}
	if o.work == "serve" {
		l, err := listen(o.addr)
		if err := add(l, listener, err); err != nil {
			return grants, err
		}
		dir, err := os.OpenFile(o.names[0], os.O_RDONLY|zsys.O_DIRECTORY, 0)
		return grants, add(dir, directory, err)
	}
	for _, name := range o.names {
		f, err := os.Open(name)
		if err := add(f, readable, err); err != nil {
			return grants, err
		}
	}
	return grants, nil
}

// listen is a listener's descriptor.
func listen(addr string) (*os.File, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	fmt.Fprintf(os.Stderr, "sandbox: at %v\n", l.Addr())
	return l.(*net.TCPListener).File()
}
