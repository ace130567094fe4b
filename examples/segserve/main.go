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
	"strconv"
	"strings"

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

// byteRange is a flag: "OFFSET:COUNT", or "OFFSET:" to the end of the file.
type byteRange struct{ offset, count int64 }

const toEnd = -1

// String is the flag as it is written.
func (r *byteRange) String() string {
	if r.count == toEnd {
		return fmt.Sprintf("%d:", r.offset)
	}
	return fmt.Sprintf("%d:%d", r.offset, r.count)
}

// Set reads the flag.
func (r *byteRange) Set(s string) error {
	offset, count, ok := strings.Cut(s, ":")
	if !ok {
		return fmt.Errorf("%q has no colon: write OFFSET:COUNT, or OFFSET: for all that follows", s)
	}
	var err error
	if r.offset, err = size(offset); err != nil {
		return err
	}
	r.count = toEnd
	if count != "" {
		r.count, err = size(count)
	}
	return err
}

// bytesFlag is a flag that is a number of bytes.
type bytesFlag int64

// String is the flag as it is written.
func (b *bytesFlag) String() string { return strconv.FormatInt(int64(*b), 10) }

// Set reads the flag.
func (b *bytesFlag) Set(s string) error {
	n, err := size(s)
	*b = bytesFlag(n)
	return err
}

// size reads a number of bytes, which may end in k, m, g or t for a power of 1024.
func size(s string) (int64, error) {
	shift := 0
	if i := strings.IndexAny(s, "kmgtKMGT"); i > 0 && i == len(s)-1 {
		shift = 10 * (1 + strings.IndexByte("kmgt", s[i]|0x20))
		s = s[:i]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1<<62>>shift {
		return 0, fmt.Errorf("%q is not a number of bytes such as 4096, 64k or 1g", s)
	}
	return n << shift, nil
}
