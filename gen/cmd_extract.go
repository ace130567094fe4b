package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/extract"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

var extractCommand = command{
	name:    "extract",
	args:    "-src DIR | -sysroot DIR",
	summary: "write the facts of a release from its headers (needs clang)",
	help: `Extract compiles FreeBSD's headers with clang for every port and writes what
the manifest asks for to defs/freebsdN.facts, where N is the release. It runs on
any system. The file is replaced only when everything was found.

DIR is a source tree (-src), which has all ports, or an unpacked base system
(-sysroot), which has its own. Where there is a base system for each port, write
{arch} for amd64, arm64, 386, arm and riscv64 in DIR. A base system has neither
the signatures of system calls nor the messages of errors, nor a name for every
type in these: they are taken from the facts of the other releases, the nearest
first. What this release lacks and another one has is no mistake in the manifest.
A type that the facts cannot express is left out, with the reason.`,
	run: runExtract,
}

type extractFlags struct {
	src, sysroot, arch, release, manifest, out, previous, cc string
	version                                                  int
}

func runExtract(cmd command, args []string) error {
	fs := cmd.flags()
	var f extractFlags
	fs.StringVar(&f.src, "src", "", "source tree, in `DIR`")
	fs.StringVar(&f.sysroot, "sysroot", "", "unpacked base system, in `DIR`")
	fs.StringVar(&f.arch, "arch", "", "`LIST` of ports, with commas between them (default all that DIR has)")
	fs.StringVar(&f.release, "release", "", "`NAME` of the release, such as 12.1-STABLE (default from the headers)")
	fs.IntVar(&f.version, "version", 0, "`NUMBER` that __FreeBSD_version is, where a copy of the headers has lost it")
	fs.StringVar(&f.manifest, "def", "defs/freebsd.def", "`FILE` with the manifest, which says what to extract")
	fs.StringVar(&f.out, "o", "", "`FILE` to write, - for standard output (default defs/freebsdN.facts)")
	fs.StringVar(&f.previous, "previous", "", "`LIST` of files with the facts of other releases, with commas between them (default all in defs)")
	fs.StringVar(&f.cc, "cc", "", "`CLANG` to run (default $CLANG, clang-19 or clang)")
	if err := cmd.parse(fs, args); err != nil {
		return err
	}
	if (f.src == "") == (f.sysroot == "") || fs.NArg() > 0 {
		return errors.New("gen extract: name a source tree by -src DIR, or a base system by -sysroot DIR")
	}
	return f.extract(context.Background())
}

func (f *extractFlags) extract(ctx context.Context) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	defer o.Tree.Close()
	progress := newProgress("extract")
	o.Progress, o.Warn = progress.step, progress.warn
	o.Refuse = func(err *text.Error) { progress.warn("left out: " + err.Error()) }
	file, err := extract.Run(ctx, o)
	progress.done()
	if err != nil {
		return err
	}
	return f.write(file)
}

func (f *extractFlags) options() (o extract.Options, err error) {
	o.Release = f.release
	if o.CC, err = clang.Find(f.cc); err != nil {
		return o, err
	}
	m, err := readManifest(f.manifest)
	if err != nil {
		return o, err
	}
	o.Request = extract.FromManifest(m)
	if o.Ports, err = parsePorts(f.arch); err != nil {
		return o, err
	}
	if o.Others, err = f.others(); err != nil {
		return o, err
	}
	if f.src != "" {
		o.Tree, err = headers.OpenSource(f.src)
	} else {
		o.Tree, err = headers.OpenSysroot(f.sysroot)
	}
	if err == nil {
		o.Tree.Version = f.version
	}
	return o, err
}

// parsePorts reads a list with commas; an empty one is nil.
func parsePorts(list string) ([]facts.Port, error) {
	if list == "" {
		return nil, nil
	}
	var ports []facts.Port
	for name := range strings.SplitSeq(list, ",") {
		p, err := facts.ParsePort(name)
		if err != nil {
			return nil, fmt.Errorf("-arch: %w", err)
		}
		ports = append(ports, p)
	}
	return sortedPorts(ports), nil
}

// others reads the facts that -previous names, or all that there are.
func (f *extractFlags) others() ([]*facts.File, error) {
	names := strings.Split(f.previous, ",")
	if f.previous == "" {
		var err error
		if names, err = filepath.Glob("defs/freebsd*.facts"); err != nil {
			return nil, err
		}
	}
	var all []*facts.File
	for _, name := range names {
		file, err := readFacts(name)
		switch {
		case err == nil:
			all = append(all, file)
		case f.previous != "":
			return nil, err
		default: // these may be what is to be extracted again
			fmt.Fprintf(os.Stderr, "gen extract: goes on without %s: %v\n", name, err)
		}
	}
	return all, nil
}

// write puts the facts where they belong, in place of older ones, unless those
// know more ports.
func (f *extractFlags) write(file *facts.File) error {
	src := facts.Format(file)
	path := f.out
	if path == "-" {
		_, err := os.Stdout.Write(src)
		return err
	}
	if path == "" {
		path = factsPath(file.Release)
		if old, err := readFacts(path); err == nil && len(old.Ports) > len(file.Ports) {
			return fmt.Errorf("gen extract: %s has the ports %v, of which %v would remain: name another file by -o", path, old.Ports, file.Ports)
		}
	}
	return replaceFile(path, src)
}
