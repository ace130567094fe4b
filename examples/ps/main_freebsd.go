package main

import (
	"errors"
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
		err = list(o, os.Stdout)
	}
	os.Exit(report.ExitCode(os.Stderr, "ps", err))
}

func list(o *options, out io.Writer) error {
	all := kinfo.Procs(kinfo.All())
	if o.threads {
		all = kinfo.Threads(kinfo.All())
	}
	procs, err := kinfo.Collect(all)
	if err != nil {
		return err
	}
	var below map[int]bool
	if o.tree > 0 {
		below = family(procs, o.tree)
	}
	users, table, seen := report.Users{}, report.New(out, o.json, heading...), 0
	for i := range procs {
		p := &procs[i]
		if !o.want(p, users, below) {
			continue
		}
		seen++
		r := newRow(p, users.Name(p.Uid), o.threads)
		if o.args {
			r.Args, err = kinfo.Args(p.Pid)
			if err != nil && !errors.Is(err, syscall.ESRCH) && !errors.Is(err, fs.ErrPermission) {
				return err
			}
		}
		if err := r.write(table); err != nil {
			return err
		}
	}
	if err := table.Close(); err != nil || seen > 0 {
		return err
	}
	return errors.New("no process fits; -h lists the flags")
}
