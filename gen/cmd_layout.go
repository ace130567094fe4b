package main

import (
	"fmt"
	"os"
	"slices"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/layout"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

var layoutCommand = command{
	name:    "layout",
	args:    "[-arch ARCH] [-json] [NAME…]",
	summary: "show structs byte by byte, with holes and what differs between ports",
	help: `
Layout shows where the fields of a struct are. NAME is a Go name or a C tag; without
a NAME it shows all bound structs. A row of the map has eight bytes; dots are holes.

With -json it writes an array with an object for each struct on each port: c, go,
header, arch, size, align and fields; each field has c, go, offset, size, type and
goType.`,
	run: func(cmd command, args []string) error {
		fs := cmd.flags()
		src := sourceFlags(fs)
		arch := fs.String("arch", "", "show only the port `ARCH`, by its name in Go")
		asJSON := fs.Bool("json", false, "write JSON")
		if err := cmd.parse(fs, args); err != nil {
			return err
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
