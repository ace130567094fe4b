// Package extract finds the facts of a FreeBSD release in its headers. clang
// compiles them for each port; layouts are read from its debug information,
// values from its data. Nothing here reads C declarations.
package extract

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/headers"
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
	f, err := x.merge(ctx, probes)
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

// probeAll compiles for every port.
func (x *extractor) probeAll(ctx context.Context) ([]*probe, error) {
	probes := make([]*probe, len(x.Ports))
	return probes, clang.EachPort(ctx, x.Ports, func(ctx context.Context, i int, port facts.Port) error {
		p := &probe{x: x, port: port}
		probes[i] = p
		if err := p.run(ctx); err != nil {
			return err
		}
		x.step("%s: %d constants, %d structs", port, len(p.values), len(p.types.structs))
		return nil
	})
}
