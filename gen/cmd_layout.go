package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/browse"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/layout"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

var layoutCommand = command{
	name:    "layout",
	args:    "[-arch ARCH] [-json] [-html FILE] [NAME…]",
	summary: "show structs byte by byte, with holes and what differs between ports",
	help: `
Layout shows where the fields of a struct are. NAME is a Go name or a C tag; without
a NAME it shows all bound structs. A row of the map has eight bytes; dots are holes.

With -json it writes an array with an object for each struct on each port: c, go,
header, arch, size, align and fields; each field has c, go, offset, size, type and
goType.

With -html it writes all that is bound, structs, constants and calls, and what changed
between the releases that have facts, to FILE: one page that needs nothing else.`,
	run: func(cmd command, args []string) error {
		fs := cmd.flags()
		src := sourceFlags(fs)
		arch := fs.String("arch", "", "show only the port `ARCH`, by its name in Go")
		asJSON := fs.Bool("json", false, "write JSON")
		page := fs.String("html", "", "write a web page with all that is bound to `FILE`")
		if err := cmd.parse(fs, args); err != nil {
			return err
		}
		if *page != "" {
			if fs.NArg() > 0 || *arch != "" || *asJSON {
				return errors.New("gen layout: -html shows everything on every port: leave out NAME, -arch and -json")
			}
			return writePage(src, *page)
		}
		return showLayout(src, fs.Args(), *arch, *asJSON)
	},
}

func showLayout(src source, names []string, arch string, asJSON bool) error {
	manifest, f, err := src.load()
	if err != nil {
		return err
	}
	m, err := model.Build(manifest, f)
	if err != nil {
		return err
	}
	ports := m.Ports
	if arch != "" {
		p, err := facts.ParsePort(arch)
		if err != nil || !slices.Contains(ports, p) {
			return fmt.Errorf("gen layout: no port %s is bound; there are %v", arch, ports)
		}
		ports = []facts.Port{p}
	}
	structs, err := layout.Select(m, names)
	if err != nil {
		return err
	}
	if asJSON {
		return layout.JSON(os.Stdout, structs, ports)
	}
	return layout.Text(os.Stdout, structs, ports)
}

// writePage writes the browser of the ABI, whole or not at all.
func writePage(src source, file string) error {
	manifest, f, err := src.load()
	if err != nil {
		return err
	}
	m, err := model.Build(manifest, f)
	if err != nil {
		return err
	}
	releases, err := src.releases()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := browse.Page(&b, m, f, releases); err != nil {
		return err
	}
	return replaceFile(file, b.Bytes())
}

// releases reads the facts of every release, the oldest first.
func (s source) releases() ([]*facts.File, error) {
	names, err := filepath.Glob(s.path("defs/*.facts"))
	if err != nil {
		return nil, err
	}
	var all []*facts.File
	for _, name := range names {
		f, err := readFacts(name)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *facts.File) int { return cmp.Compare(a.Release.Version, b.Release.Version) })
	return all, nil
}
