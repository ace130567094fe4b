package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/compare"
)

var diffCommand = command{
	name:    "diff",
	args:    "OLD NEW",
	summary: "say what changed between two releases, and what of it breaks the ABI",
	help: `Diff compares the facts of two releases, such as freebsd12 and freebsd15 (or
files of facts), on the ports that both have. A line marked ! breaks the ABI:
a program built for the old release goes wrong on the new one.`,
	run: func(cmd command, args []string) error {
		fs := cmd.flags()
		check := fs.Bool("check", false, "fail when something breaks the ABI")
		if err := cmd.parse(fs, args); err != nil {
			return err
		}
		if fs.NArg() != 2 {
			return errors.New("gen diff: name two releases, such as freebsd12 freebsd15")
		}
		return diff(fs.Arg(0), fs.Arg(1), *check)
	},
}

func diff(before, after string, check bool) error {
	a, err := readFacts(factsOf(before))
	if err != nil {
		return err
	}
	b, err := readFacts(factsOf(after))
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

// factsOf returns the file that holds a release's facts.
func factsOf(name string) string {
	if strings.ContainsAny(name, "./") {
		return name
	}
	return "defs/" + name + ".facts"
}
