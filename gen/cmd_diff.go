package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/compare"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

var diffCommand = command{
	name:    "diff",
	args:    "[-check] [-json] OLD NEW",
	summary: "say what changed between two releases, and what of it breaks the ABI",
	help: `Diff compares the facts of two releases, such as freebsd12 and freebsd15, or of
two files, on the ports that both have. A line marked ! breaks the ABI: a program
that was built for the old release may go wrong on the new one. A constant that only
tells what others there are (AF_MAX, CAP_ALL0, MNT_VISFLAGMASK) breaks nothing when it
grows. What one of the two cannot know, since its facts come from an installation's
headers, is left out.

With -json it writes an object: old and new, each with system, release and version;
arch; changes, each with of (typedef, constant, enum, struct, errno or syscall), kind
(added, removed or changed), name, detail, breaks, and where something has values that
can differ between ports, values with what, arch, old and new; and breaks, their number.`,
	run: func(cmd command, args []string) error {
		flags := cmd.flags()
		check := flags.Bool("check", false, "fail when something breaks the ABI")
		asJSON := flags.Bool("json", false, "write JSON")
		if err := cmd.parse(flags, args); err != nil {
			return err
		}
		if flags.NArg() != 2 {
			return errors.New("gen diff: name two releases, such as freebsd12 freebsd15")
		}
		return diff(flags.Arg(0), flags.Arg(1), *check, *asJSON)
	},
}

func diff(before, after string, check, asJSON bool) error {
	a, err := readRelease(before)
	if err != nil {
		return err
	}
	b, err := readRelease(after)
	if err != nil {
		return err
	}
	report := compare.Facts(a, b)
	if asJSON {
		err = report.JSON(os.Stdout)
	} else {
		_, err = fmt.Print(report)
	}
	if err != nil {
		return err
	}
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
