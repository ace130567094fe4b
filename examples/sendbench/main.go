// Sendbench compares the ways to send a file over TCP, on your own file and network:
// Transfer, Sendfile, io.Copy, and reading and writing.
//
//	sendbench send FILE                    over loopback
//	sendbench drain -addr :7003            on the receiving machine, and then
//	sendbench send -addr HOST:7003 FILE    on the sending one
//
// "sendbench send -h" and "sendbench drain -h" list the flags.
package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

const usage = `usage: sendbench send [flags] FILE
       sendbench drain [flags]

send sends a file in different ways and compares them; drain is the other end.
"sendbench send -h" and "sendbench drain -h" list the flags.
`

func main() {
	err := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	os.Exit(report.ExitCode(os.Stderr, "sendbench", err))
}

func run(args []string, in io.Reader, out, log io.Writer) error {
	command := ""
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "send":
		o, err := parseSend(args, log)
		if err != nil {
			return err
		}
		return o.send(out, log)
	case "drain":
		return drain(args, in, out, log)
	case "-h", "-help", "--help", "help":
		fmt.Fprint(log, usage)
		return flag.ErrHelp
	}
	fmt.Fprint(log, usage)
	return report.ErrUsage
}

// options of "sendbench send".
type options struct {
	addr            string
	file            string
	part            report.Range
	header, trailer report.Bytes
	ways            []way
	rounds          int
	time            time.Duration
	json            bool
}

func parseSend(args []string, output io.Writer) (*options, error) {
	o := &options{part: report.Range{Count: report.ToEnd}, header: 220, trailer: 32}
	var names string
	fs := flag.NewFlagSet("sendbench send", flag.ContinueOnError)
	fs.SetOutput(output)
	report.Usage(fs, "sendbench send [flags] FILE", "Send a header, FILE and a trailer over TCP, in each of several ways, which take turns.")
	fs.StringVar(&o.addr, "addr", "", "the `address` of a sendbench drain; empty: start one on this machine")
	fs.Var(&o.part, "range", "send this `OFFSET:COUNT` of the file")
	fs.Var(&o.header, "header", "the header's length in `bytes`")
	fs.Var(&o.trailer, "trailer", "the trailer's length in `bytes`")
	fs.StringVar(&names, "ways", "", "compare these `ways`, names with commas; the first is what others are compared with: "+strings.Join(wayNames(), ","))
	fs.IntVar(&o.rounds, "rounds", 7, "how many `times` each way has a turn")
	fs.DurationVar(&o.time, "time", 200*time.Millisecond, "about how long a turn lasts, of one message at least")
	fs.BoolVar(&o.json, "json", false, "write a JSON object a line")
	if err := report.Parse(fs, args, "FILE"); err != nil {
		return nil, err
	}
	o.file = fs.Arg(0)
	if err := o.check(names); err != nil {
		fmt.Fprintf(output, "sendbench send: %v; -h lists the flags\n", err)
		return nil, report.ErrUsage
	}
	return o, nil
}

const largestEnd = 1 << 20 // of a header or a trailer

func (o *options) check(names string) error {
	switch {
	case o.rounds < 1 || o.time <= 0:
		return fmt.Errorf("-rounds and -time are more than 0")
	case o.header > largestEnd || o.trailer > largestEnd:
		return fmt.Errorf("-header and -trailer are at most 1m")
	}
	if o.addr != "" {
		if _, _, err := net.SplitHostPort(o.addr); err != nil {
			return fmt.Errorf("-addr: %w", err)
		}
	}
	o.ways = ways
	if names == "" {
		return nil
	}
	o.ways = nil
	for name := range strings.SplitSeq(names, ",") {
		i := slices.Index(wayNames(), name)
		if i < 0 {
			return fmt.Errorf("-ways: %q is none of %s", name, strings.Join(wayNames(), ", "))
		}
		if slices.ContainsFunc(o.ways, func(w way) bool { return w.name == name }) {
			return fmt.Errorf("-ways: %s twice", name)
		}
		o.ways = append(o.ways, ways[i])
	}
	return nil
}
