package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/compare"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

var diffCommand = command{
	name:    "diff",
	args:    "[-check] OLD NEW",
	summary: "say what changed between two releases, and what of it breaks the ABI",
	help: `Diff compares the facts of two releases, such as freebsd12 and freebsd15, or of
two files, on the ports that both have. A line marked ! breaks the ABI: a program
that was built for the old release may go wrong on the new one.`,
	run: func(cmd command, args []string) error {
		flags := cmd.flags()
		check := flags.Bool("check", false, "fail when something breaks the ABI")
		if err := cmd.parse(flags, args); err != nil {
			return err
		}
		if flags.NArg() != 2 {
			return errors.New("gen diff: name two releases, such as freebsd12 freebsd15")
		}
		return diff(flags.Arg(0), flags.Arg(1), *check)
	},
}

func diff(before, after string, check bool) error {
	a, err := readRelease(before)
	if err != nil {
		return err
	}
	b, err := readRelease(after)
	if err != nil {
		return err
	}
	report := compare.Facts(a, b)
	fmt.Print(report)
	if _, breaks := report.Count(); check && breaks > 0 {
		return fmt.Errorf("gen diff: %d changes break the ABI", breaks)
	}
	return nil
}

// readRelease reads the facts of a release, or those in a file.
func readRelease(name string) (*facts.File, error) {
	if strings.ContainsAny(name, `./\`) {
		return readFacts(name)
	}
	f, err := readFacts("defs/" + name + ".facts")
	if known, _ := filepath.Glob("defs/*.facts"); errors.Is(err, fs.ErrNotExist) && len(known) > 0 {
		err = fmt.Errorf("gen diff: there are no facts of %s: name one of %s, or extract them", name, strings.Join(known, ", "))
	}
	return f, err
}
