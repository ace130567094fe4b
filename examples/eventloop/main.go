// Eventloop serves the files of a directory to any number of slow clients from one
// goroutine: Transfer.Send on descriptors that do not block, and epoll or kqueue to
// tell which of them takes more.
//
//	eventloop -addr 127.0.0.1:7002 DIR &
//	echo go.mod | nc 127.0.0.1 7002
//
// In most programs a goroutine for each connection and Transfer.WriteTo is less to
// write. This is for those that have a loop of their own.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

func main() {
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = serve(o, os.Stderr)
	}
	os.Exit(report.ExitCode(os.Stderr, "eventloop", err))
}

type options struct {
	addr, dir string
	idle      time.Duration
}

func parse(args []string, output io.Writer) (o options, err error) {
	fs := flag.NewFlagSet("eventloop", flag.ContinueOnError)
	fs.SetOutput(output)
	report.Usage(fs, "eventloop [flags] DIR", "Send files of DIR. A client sends a name and a newline, and gets \"length N\" or \"error TEXT\", and the file.")
	fs.StringVar(&o.addr, "addr", "127.0.0.1:7002", "listen on this `address`")
	fs.DurationVar(&o.idle, "idle", time.Minute, "drop a client of which nothing was heard, and that took nothing, for this `time`")
	if err := report.Parse(fs, args, "DIR"); err != nil {
		return o, err
	}
	if o.idle <= 0 {
		fmt.Fprintln(output, "eventloop: -idle is more than 0; -h lists the flags")
		return o, report.ErrUsage
	}
	o.dir = fs.Arg(0)
	return o, nil
}
