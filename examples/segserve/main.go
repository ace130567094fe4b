// Segserve serves ranges of files in frames with checksums, and gets them: what a
// connection or a deadline cuts short goes on where it stopped.
//
//	segserve serve DIR
//	segserve get -addr 127.0.0.1:7000 -o FILE NAME
//
// "segserve serve -h" and "segserve get -h" list the flags.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

const usage = `usage: segserve serve [flags] DIR
       segserve get [flags] NAME

serve offers the files of a directory; get fetches one, or a range of it.
"segserve serve -h" and "segserve get -h" list the flags.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	os.Exit(report.ExitCode(os.Stderr, "segserve", err))
}

func run(ctx context.Context, args []string, out, log io.Writer) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve":
		o, err := parseServe(args, log)
		if err != nil {
			return err
		}
		return serve(ctx, o, log)
	case "get":
		o, err := parseGet(args, log)
		if err != nil {
			return err
		}
		return o.get(ctx, out, log)
	case "-h", "-help", "--help", "help":
		fmt.Fprint(log, usage)
		return flag.ErrHelp
	}
	fmt.Fprint(log, usage)
	return report.ErrUsage
}
