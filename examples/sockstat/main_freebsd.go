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
	os.Exit(report.ExitCode(os.Stderr, "sockstat", err))
}

func list(o *options, out, warn io.Writer) error {
	by, err := findOwners(warn)
	if err != nil {
		return err
	}
	users, table := report.Users{}, report.New(out, o.json, heading...)
	for _, which := range o.tables() {
		for s, err := range kinfo.Sockets(which) {
			if errors.Is(err, syscall.ENOENT) { // a kernel without the protocol
				break
			}
			if err != nil {
				return err
			}
			if !o.want(s, users) {
				continue
			}
			for _, r := range rows(s, users.Name(s.Uid), by[s.Pcb]) {
				if err := r.write(table); err != nil {
					return err
				}
			}
		}
	}
	return table.Close()
}

// findOwners looks through the files of all processes.
func findOwners(warn io.Writer) (owners, error) {
	procs, err := kinfo.Collect(kinfo.Procs(kinfo.All()))
	if err != nil {
		return nil, err
	}
	by, denied := owners{}, 0
	for i := range procs {
		for f, err := range kinfo.Files(procs[i].Pid) {
			switch {
			case errors.Is(err, fs.ErrPermission):
				denied++
			case errors.Is(err, syscall.ESRCH), errors.Is(err, syscall.EBUSY):
			case err != nil:
				return nil, err
			default:
				by.add(&procs[i], f)
			}
		}
	}
	if denied > 0 {
		fmt.Fprintf(warn, "sockstat: the files of %d processes may not be read: their sockets show without them\n", denied)
	}
	return by, nil
}
