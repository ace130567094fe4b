package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/sweep"
)

var sweepCommand = command{
	name:    "sweep",
	args:    "[-v] [-only TEXT] [-every N] DIR",
	summary: "try every header of a tree: extract all of it, and have clang confirm it",
	help: `Sweep asks for every constant and every type with a tag of each header that an
installation has, extracts them and has clang confirm what comes out, and counts the
headers by outcome and reason. It fails when the compiler contradicts something, or
an extraction fails. A header that needs others in front of it which are not the usual
ones, or that refuses to be included, is counted as such.

Headers go through a dozen at a time, and alone where anything is wrong with those
beside them.

DIR is a source tree or an unpacked base system, as for witness. A whole tree takes
about a second for each of some thousand headers.`,
	run: runSweep,
}

func runSweep(cmd command, args []string) error {
	fs := cmd.flags()
	var o sweep.Options
	verbose := fs.Bool("v", false, "list the headers, with outcome and reasons")
	fs.StringVar(&o.Only, "only", "", "put through only headers that have `TEXT` in their names")
	fs.IntVar(&o.Every, "every", 1, "put through only every `N`th of them")
	fs.IntVar(&o.Batch, "batch", 12, "put up to `N` headers through at once, and alone only where something is wrong")
	arch := fs.String("arch", "", "`LIST` of ports, with commas between them (default all that DIR has)")
	version := fs.Int("version", 0, "`NUMBER` that __FreeBSD_version is, where a copy of the headers has lost it")
	compiler := fs.String("cc", "", "`CLANG` to run (default $CLANG, clang-19 or clang)")
	if err := cmd.parse(fs, args); err != nil {
		return err
	}
	if fs.NArg() != 1 {
		return errors.New("gen sweep: name a source tree or base system (make: SRC=DIR)")
	}
	ctx := context.Background()
	var err error
	if o.Tree, err = headers.Open(fs.Arg(0)); err != nil {
		return err
	}
	defer o.Tree.Close()
	o.Tree.Version = *version
	if o.CC, err = clang.Find(*compiler); err != nil {
		return err
	}
	if o.Ports, err = parsePorts(*arch); err != nil {
		return err
	}
	if o.Ports, err = o.Tree.Serves(ctx, o.CC, o.Ports); err != nil {
		return err
	}
	if o.Others, err = (&extractFlags{}).others(); err != nil {
		return err
	}
	p := newProgress("sweep")
	o.Progress = func(done, all int, name string) { p.step(fmt.Sprintf("%d of %d, %s", done, all, name)) }
	if *verbose {
		o.Result = func(r sweep.Result) {
			p.done()
			fmt.Println(strings.Join(append([]string{r.Outcome.String(), r.Header}, r.Reasons...), "\t"))
		}
	}
	results, err := sweep.Run(ctx, o)
	p.done()
	if err != nil {
		return err
	}
	if err := sweep.Report(os.Stdout, results); err != nil {
		return err
	}
	if wrong, failed := sweep.Bad(results); wrong+failed > 0 {
		return fmt.Errorf("gen sweep: %d headers came out wrong, %d failed", wrong, failed)
	}
	return nil
}
