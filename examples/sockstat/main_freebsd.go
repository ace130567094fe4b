package main

import (
	"errors"
	"io"
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
	os.Exit(report.ExitCode(os.Stderr, "sockstat", err))
}

func list(o *options, out io.Writer) error {
	by, err := findOwners()
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
			if err := write(table, rows(s, users.Name(s.Uid), by[s.Address])); err != nil {
				return err
			}
		}
	}
	if o.wantSCTP() {
		if err := listSCTP(o, table, users, by); err != nil {
			return err
		}
	}
	return table.Close()
}

func listSCTP(o *options, table *report.Table, users report.Users, by owners) error {
	for e, err := range kinfo.SCTPEndpoints() {
		if errors.Is(err, syscall.ENOENT) && !o.sctp { // a kernel without the protocol
			break
		}
		if err != nil {
			return err
		}
		if err := write(table, sctpRows(o, e, users, by[e.Address])); err != nil {
			return err
		}
	}
	return nil
}

func write(table *report.Table, rows []row) error {
	for i := range rows {
		if err := rows[i].write(table); err != nil {
			return err
		}
	}
	return nil
}

// findOwners looks through the descriptors of all processes. The address 0 is that of
// sockets that no process has.
func findOwners() (owners, error) {
	commands := map[int]string{}
	for p, err := range kinfo.Procs(kinfo.All()) {
		if err != nil {
			return nil, err
		}
		commands[p.Pid] = p.Command()
	}
	by := owners{}
	for d, err := range kinfo.Descriptors() {
		if err != nil {
			return nil, err
		}
		by.add(d, commands)
	}
	delete(by, 0)
	return by, nil
}
