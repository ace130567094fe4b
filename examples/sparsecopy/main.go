// Sparsecopy copies a file with its holes: what is not on the disk in the one is not
// on the disk in the other. On FreeBSD the kernel copies, or shares the blocks.
//
//	sparsecopy FROM TO
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

func main() {
	err := run(os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(report.ExitCode(os.Stderr, "sparsecopy", err))
}

type options struct {
	force, zeros, quiet bool
	clone               string
	from, to            string
}

func parse(args []string, output io.Writer) (*options, error) {
	var o options
	fs := flag.NewFlagSet("sparsecopy", flag.ContinueOnError)
	fs.SetOutput(output)
	report.Usage(fs, "sparsecopy [flags] FROM TO", "Copy a file with its holes and its mode. TO has its name when it is whole.")
	fs.BoolVar(&o.force, "f", false, "replace TO if there is one")
	fs.BoolVar(&o.zeros, "zeros", false, "make holes of blocks of zeros, too")
	fs.BoolVar(&o.quiet, "q", false, "say nothing when all went well")
	fs.StringVar(&o.clone, "clone", "auto", "share blocks, which needs FreeBSD 15.0 and its file system's help: `yes`, no or auto")
	if err := report.Parse(fs, args, "FROM", "TO"); err != nil {
		return nil, err
	}
	o.from, o.to = fs.Arg(0), fs.Arg(1)
	wrong := ""
	switch {
	case o.clone != "yes" && o.clone != "no" && o.clone != "auto":
		wrong = fmt.Sprintf("-clone %q: it is yes, no or auto", o.clone)
	case o.zeros && o.clone == "yes":
		wrong = "-zeros looks at the bytes, and -clone yes shares them: take one"
	default:
		return &o, nil
	}
	fmt.Fprintf(output, "sparsecopy: %s; -h lists the flags\n", wrong)
	return nil, report.ErrUsage
}

func run(args []string, out, log io.Writer) error {
	o, err := parse(args, log)
	if err != nil {
		return err
	}
	from, err := os.Open(o.from)
	if err != nil {
		return err
	}
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no regular file", o.from)
	}
	if err := o.mayReplace(info); err != nil {
		return err
	}
	done, err := o.copyFile(from, info)
	if err == nil && !o.quiet {
		_, err = fmt.Fprintf(out, "%s: %s %s, %s in %d ranges, and holes\n", o.to, report.Size(done.size), done.way, report.Size(done.data), done.ranges)
	}
	return err
}

// mayReplace says why TO may not be written.
func (o *options) mayReplace(from os.FileInfo) error {
	to, err := os.Lstat(o.to)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case os.SameFile(from, to):
		return fmt.Errorf("%s and %s are the same file", o.from, o.to)
	case !to.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", o.to)
	case !o.force:
		return fmt.Errorf("%s: %w; -f replaces it", o.to, os.ErrExist)
	}
	return nil
}

// copyFile copies to another name beside TO, which the copy gets at the end.
func (o *options) copyFile(from *os.File, info os.FileInfo) (done result, err error) {
	temp, err := os.CreateTemp(filepath.Dir(o.to), "."+filepath.Base(o.to)+".*")
	if err != nil {
		return done, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	done, err = o.fill(temp, from, info.Size())
	if err == nil {
		err = temp.Chmod(info.Mode().Perm())
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return done, err
	}
	if !o.force { // a name that somebody took meanwhile stays theirs
		if err = os.Link(temp.Name(), o.to); err == nil {
			return done, os.Remove(temp.Name())
		}
		if errors.Is(err, os.ErrExist) {
			return done, err
		}
	}
	return done, os.Rename(temp.Name(), o.to)
}
