// Package extract finds the facts of a FreeBSD release in its headers. clang
// compiles them for each port; layouts are read from its debug information,
// values from its data, unless a macro is a plain number. Nothing here reads C
// declarations.
package extract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// Options say what to extract from what.
type Options struct {
	Tree     *headers.Tree
	CC       clang.Compiler
	Request  *Request
	Ports    []facts.Port  // empty: all that the tree serves
	Release  string        // what to call the release; empty: what the headers say
	Others   []*facts.File // of other releases: they give a base system what only source trees have
	Progress func(step string)
	Warn     func(msg string)
	Refuse   func(*text.Error) // is told what the facts cannot express, and why; nil: Run fails
}

// Run extracts facts. What it returns has passed facts.Parse.
func Run(ctx context.Context, o Options) (*facts.File, error) {
	x := &extractor{Options: o}
	x.Others = slices.Clone(o.Others)
	if err := x.start(ctx); err != nil {
		return nil, err
	}
	probes, err := x.probeAll(ctx)
	if err != nil {
		return nil, err
	}
	if err := x.refuse(probes); err != nil {
		return nil, err
	}
	f, err := x.mergeRest(ctx, probes)
	if err != nil {
		return nil, err
	}
	f.Sort()
	return facts.Parse("extracted facts", facts.Format(f))
}

type extractor struct {
	Options
	release facts.Release
	table   *table // the system call table
	plan    *plan
	refused map[string]error  // by typeWant.Text
	left    map[string]bool   // constants that are left out
	owners  map[string]string // macros that some port has below a header of the request: that one
}

// start finds out which release this is, and what of the request it can have.
func (x *extractor) start(ctx context.Context) (err error) {
	if x.Ports, err = x.Tree.Serves(ctx, x.CC, x.Ports); err != nil {
		return err
	}
	if x.release, err = x.Tree.Release(ctx, x.CC, x.Ports[0]); err != nil {
		return err
	}
	if x.Release != "" {
		if major(x.Release) != major(x.release.Name) {
			return fmt.Errorf("release %s was asked for, but the headers in %s are of %s (%d)", x.Release, x.Tree.Root, x.release.Name, x.release.Version)
		}
		x.release.Name = x.Release
	}
	x.release.Installed = !x.Tree.Source
	x.nearestFirst()
	x.step("FreeBSD %s (%d)", x.release.Name, x.release.Version)
	if x.table, err = x.readTable(); err != nil {
		return err
	}
	x.plan, err = x.makePlan()
	return err
}

// major returns the 12 of 12.1-STABLE.
func major(release string) string {
	n, _, _ := strings.Cut(release, ".")
	return n
}

func (x *extractor) step(format string, args ...any) {
	if x.Progress != nil {
		x.Progress(fmt.Sprintf(format, args...))
	}
}

func (x *extractor) warn(format string, args ...any) {
	if x.Warn != nil {
		x.Warn(fmt.Sprintf(format, args...))
	}
}

// refuse leaves out, on every port, the types that the facts cannot express on
// one.
func (x *extractor) refuse(probes []*probe) error {
	why := map[string]error{}
	for _, p := range probes {
		for name, err := range p.types.refused {
			if why[name] == nil {
				why[name] = err
			}
		}
	}
	if len(why) == 0 {
		return nil
	}
	for _, w := range x.plan.types {
		if why[w.Text] == nil || x.refused[w.Text] != nil {
			continue
		}
		if w.table {
			x.warn("no signatures of system calls with the type %s: %v", w.Text, why[w.Text])
			x.table.drop(w.c)
			continue
		}
		if err := x.refuseItem(w.Word, why[w.Text]); err != nil {
			return err
		}
	}
	for _, p := range probes {
		if err := p.again(why); err != nil {
			return err
		}
	}
	x.refused = why
	return nil
}

// mergeRest merges what is left when all has been refused that turns out, only
// once the ports are together, to have no words.
func (x *extractor) mergeRest(ctx context.Context, probes []*probe) (*facts.File, error) {
	for {
		f, err := x.merge(ctx, probes)
		var e *inexpressible
		if !errors.As(err, &e) {
			return f, err
		}
		found := false
		for _, p := range probes {
			for _, w := range x.plan.types {
				if p.types.holds(w, e.tag) {
					p.types.refused[w.Text], found = fmt.Errorf("%s: %s", w.c, e.why), true
				}
			}
			maps.Copy(p.types.refused, x.refused)
		}
		if !found {
			return nil, err
		}
		if err := x.refuse(probes); err != nil {
			return nil, err
		}
	}
}

// refuseItem reports what cannot be had of the request. It returns the error
// when nobody is told.
func (x *extractor) refuseItem(w text.Word, why error) error {
	err := &text.Error{Pos: w.Pos, Msg: why.Error()}
	if x.Refuse == nil {
		return err
	}
	x.Refuse(err)
	return nil
}

// probeAll compiles for every port, once the macros of all of them are known.
func (x *extractor) probeAll(ctx context.Context) ([]*probe, error) {
	probes := make([]*probe, len(x.Ports))
	err := clang.EachPort(ctx, x.Ports, func(ctx context.Context, i int, port facts.Port) error {
		probes[i] = &probe{x: x, port: port, start: x.preamble(port), route: x.route(port)}
		return probes[i].readMacros(ctx)
	})
	if err != nil {
		return nil, err
	}
	x.owners = owners(probes)
	return probes, clang.EachPort(ctx, x.Ports, func(ctx context.Context, i int, port facts.Port) error {
		p := probes[i]
		if err := p.run(ctx); err != nil {
			return err
		}
		x.step("%s: %d constants, %d structs", port, len(p.values), len(p.types.structs))
		return nil
	})
}
