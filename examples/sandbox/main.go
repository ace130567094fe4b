// Sandbox does work on what cannot be trusted in a process that can reach nothing else:
// a worker in FreeBSD's capability mode, with the descriptors that its work needs
// and on each the rights that it needs.
//
//	sandbox lines FILE...          counts the lines of files
//	sandbox serve -addr ADDR DIR   sends files of a directory to whom asks
//
// With -show the worker lists its descriptors and their rights, and with -try it
// tries what a worker would that somebody has taken over.
package main

import (
	"flag"
	"fmt"
	"io"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

const usage = `usage: sandbox lines [flags] FILE...
       sandbox serve [flags] DIR

"sandbox lines -h" and "sandbox serve -h" list the flags.
`

// options say what to do, and how.
type options struct {
	work      string // lines or serve
	addr      string
	show, try bool
	names     []string // files, or a directory
}

func parse(args []string, output io.Writer) (*options, error) {
	o := &options{}
	if len(args) > 0 {
		o.work, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("sandbox "+o.work, flag.ContinueOnError)
	fs.SetOutput(output)
	fs.BoolVar(&o.show, "show", false, "list the worker's descriptors and their rights first")
	fs.BoolVar(&o.try, "try", false, "try what a worker would that somebody has taken over, first")
	want := "FILE..."
	switch o.work {
	case "lines":
		report.Usage(fs, "sandbox lines [flags] FILE...", "Count the lines and bytes of files in a worker that can read these, and write to its output.")
	case "serve":
		report.Usage(fs, "sandbox serve [flags] DIR", "Send files of DIR. A client sends a name and a newline, and gets \"length N\" or \"error TEXT\", and the file.")
		fs.StringVar(&o.addr, "addr", "127.0.0.1:7001", "listen on this `address`")
		want = "DIR"
	case "-h", "-help", "--help", "help":
		fmt.Fprint(output, usage)
		return nil, flag.ErrHelp
	default:
		fmt.Fprint(output, usage)
		return nil, report.ErrUsage
	}
	if err := report.Parse(fs, args, want); err != nil {
		return nil, err
	}
	o.names = fs.Args()
	return o, nil
}
