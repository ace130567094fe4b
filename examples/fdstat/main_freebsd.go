package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/examples/internal/report"
	"github.com/rawsys-go/rawsys/kinfo"
)

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = list(o, os.Stdout, os.Stderr)
	}
	os.Exit(report.ExitCode(os.Stderr, "fdstat", err))
}

// list writes the files. A process that ends on the way, or that the user may not
// look into, is none that is asked for; but if that holds for all of them, it is an
// error.
func list(o *options, out, warn io.Writer) error {
	procs, err := kinfo.Collect(kinfo.Procs(kinfo.All()))
	if err != nil {
		return err
	}
	tcp, users, table := tcpStates(warn), report.Users{}, report.New(out, o.json, heading...)
	seen, denied := 0, error(nil)
	for i := range procs {
		p := &procs[i]
		if !o.wantProcess(p, users) {
			continue
		}
		err := listProcess(o, table, p, users.Name(p.Uid), tcp)
		switch {
		case errors.Is(err, syscall.ESRCH), errors.Is(err, syscall.EBUSY):
		case errors.Is(err, fs.ErrPermission):
			denied = err
		case err != nil:
			return err
		default:
			seen++
		}
	}
	if err := table.Close(); err != nil || seen > 0 {
		return err
	}
	if denied != nil {
		return denied
	}
	return errors.New("no process fits; -h lists the flags")
}

func listProcess(o *options, table *report.Table, p *kinfo.Proc, user string, tcp states) error {
	for f, err := range kinfo.Files(p.Pid) {
		if err != nil {
			return err
		}
		if r := newRow(p, user, f, tcp); o.want(&r) {
			if err := r.write(table); err != nil {
				return err
			}
		}
	}
	return nil
}

func tcpStates(warn io.Writer) states {
	tcp := states{}
	for s, err := range kinfo.Sockets(kinfo.TCPSockets) {
		if err != nil {
			fmt.Fprintf(warn, "fdstat: without states of TCP: %v\n", err)
			break
		}
		tcp[s.Pcb] = s.State
	}
	return tcp
}
