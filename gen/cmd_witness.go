package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/extract"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/witness"
)

var witnessCommand = command{
	name:    "witness",
	args:    "-headers DIR",
	summary: "have clang confirm the facts against real headers",
	help: `Witness writes the sizes, alignments, offsets, values and numbers of the facts as
static assertions in C, and compiles them for every port against the headers in
DIR: a source tree, or an unpacked base system. Where there is a base system for
each port, write {arch} for amd64, arm64, 386, arm and riscv64 in DIR. Every fact
that does not hold is named.`,
	run: runWitness,
}

type witnessFlags struct {
	headers, facts, manifest, cc string
	print                        bool
	version                      int
}

func runWitness(cmd command, args []string) error {
	fs := cmd.flags()
	var f witnessFlags
	fs.StringVar(&f.headers, "headers", "", "`DIR` with the headers")
	fs.StringVar(&f.facts, "facts", "", "`FILE` with the facts to confirm (default those of the headers' release, in defs)")
	fs.StringVar(&f.manifest, "def", "defs/freebsd.def", "`FILE` with the manifest, which says what the headers need")
	fs.IntVar(&f.version, "version", 0, "`NUMBER` that __FreeBSD_version is, where a copy of the headers has lost it")
	fs.StringVar(&f.cc, "cc", "", "`CLANG` to run (default $CLANG, clang-19 or clang)")
	fs.BoolVar(&f.print, "print", false, "print the C programs instead of compiling them")
	if err := cmd.parse(fs, args); err != nil {
		return err
	}
	if f.headers == "" || fs.NArg() > 0 {
		return errors.New("gen witness: name a source tree or base system by -headers DIR (make: HEADERS=DIR)")
	}
	return f.run(context.Background())
}

func (f *witnessFlags) run(ctx context.Context) error {
	o, err := f.options(ctx)
	if o.Tree != nil {
		defer o.Tree.Close()
	}
	if err != nil {
		return err
	}
	if f.print {
		for _, p := range o.Ports {
			fmt.Printf("/* %s */\n%s", p, o.Source(p))
		}
		return nil
	}
	res, err := witness.Run(ctx, o)
	if err != nil {
		return fmt.Errorf("%w\ngen witness: %s is not confirmed by %s", err, f.facts, f.headers)
	}
	fmt.Printf("%s: %d assertions hold in %s on %v\n", f.facts, res.Assertions, f.headers, res.Ports)
	for _, s := range res.Skipped {
		fmt.Printf("not confirmed, since C has no expression for it: %s\n", s)
	}
	return nil
}

func (f *witnessFlags) options(ctx context.Context) (o witness.Options, err error) {
	if o.Tree, err = headers.Open(f.headers); err != nil {
		return o, err
	}
	o.Tree.Version = f.version
	if o.CC, err = clang.Find(f.cc); err != nil {
		return o, err
	}
	if err := f.readManifest(&o); err != nil {
		return o, err
	}
	served, err := o.Tree.Ports(ctx, o.CC)
	if err != nil {
		return o, err
	}
	release, err := o.Tree.Release(ctx, o.CC, served[0])
	if err != nil {
		return o, err
	}
	if f.facts == "" {
		f.facts = factsPath(release)
	}
	if o.Facts, err = readFacts(f.facts); err != nil {
		return o, err
	}
	if got := o.Facts.Release.Version; got != release.Version {
		fmt.Fprintf(os.Stderr, "gen witness: %s is of version %d, the headers are of %d\n", f.facts, got, release.Version)
	}
	o.Ports = common(o.Facts.Ports, served)
	if len(o.Ports) == 0 {
		return o, fmt.Errorf("gen witness: %s has the ports %v, %s serves %v", f.facts, o.Facts.Ports, f.headers, served)
	}
	return o, nil
}

// readManifest takes from the manifest in which order headers compile.
func (f *witnessFlags) readManifest(o *witness.Options) error {
	m, err := readManifest(f.manifest)
	if err != nil {
		return err
	}
	for _, s := range m.Sections {
		list := s.Include
		if !s.Within {
			list = append(slices.Clone(list), s.Header)
		}
		for _, w := range list {
			o.Include = append(o.Include, w.Text)
		}
		for _, w := range s.Define {
			o.Define = append(o.Define, w.Text)
		}
	}
	o.Include = append(o.Include, extract.TableHeaders()...)
	return nil
}

// readManifest reads a manifest.
func readManifest(path string) (*def.Manifest, error) {
	return readDef(path, def.Parse)
}
