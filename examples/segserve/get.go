package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

type getOptions struct {
	addr    string
	name    string
	out     string
	what    report.Range
	ca      string
	tls     *tls.Config
	stall   time.Duration
	retries int
	show    string
}

func parseGet(args []string, output io.Writer) (*getOptions, error) {
	o := &getOptions{what: report.Range{Count: report.ToEnd}}
	fs := flag.NewFlagSet("segserve get", flag.ContinueOnError)
	fs.SetOutput(output)
	report.Usage(fs, "segserve get [flags] NAME", "Get a file, or a range of it, from segserve serve. Bytes count when their checksum was\n"+
		"right. What was got before an error stays in FILE.part-…, and the same command goes on from there.")
	fs.StringVar(&o.addr, "addr", "127.0.0.1:7000", "the server's `address`")
	fs.StringVar(&o.out, "o", "", "write to this `file`, - for standard output (default NAME's last part)")
	fs.Var(&o.what, "range", "get `offset:count` of the file; offset: is all that follows. Sizes may end in k, m, g, t")
	fs.StringVar(&o.ca, "ca", "", "speak TLS, and trust the certificates of this PEM `file`")
	fs.DurationVar(&o.stall, "stall", 30*time.Second, "give up a connection that has brought nothing for this `time`")
	fs.IntVar(&o.retries, "retries", 5, "connect again at most this `number` of times in a row without a new byte")
	fs.StringVar(&o.show, "progress", "auto", "show progress: yes, no, or auto: if standard error is a `terminal`")
	if err := report.Parse(fs, args, "NAME"); err != nil {
		return nil, err
	}
	o.name = fs.Arg(0)
	if o.out == "" {
		o.out = path.Base(o.name)
	}
	wrong := ""
	switch {
	case o.stall <= 0 || o.retries < 0:
		wrong = "-stall is more than 0, and -retries not less"
	case o.show != "yes" && o.show != "no" && o.show != "auto":
		wrong = fmt.Sprintf("-progress %q: it is yes, no or auto", o.show)
	default:
		return o, o.trust()
	}
	fmt.Fprintf(output, "segserve get: %s; -h lists the flags\n", wrong)
	return nil, report.ErrUsage
}

// trust reads the certificates.
func (o *getOptions) trust() error {
	if o.ca == "" {
		return nil
	}
	text, err := os.ReadFile(o.ca)
	if err != nil {
		return err
	}
	o.tls = &tls.Config{RootCAs: x509.NewCertPool()}
	if !o.tls.RootCAs.AppendCertsFromPEM(text) {
		return fmt.Errorf("%s has no certificate in PEM", o.ca)
	}
	return nil
}

// errStale is an answer that cannot be of the file that was asked for.
var errStale = errors.New("the server sent other bytes than were asked for")

// get gets the file.
func (o *getOptions) get(ctx context.Context, out, log io.Writer) error {
	c := &client{getOptions: o, ctx: ctx, frame: make([]byte, 0, 1<<20)}
	defer c.hangUp()
	err := c.retry(func() error { return c.stat() })
	if err != nil {
		return err
	}
	offset, count := o.what.Offset, c.size-o.what.Offset
	if count < 0 {
		return fmt.Errorf("offset %d is past the end of %q, which has %d bytes", offset, o.name, c.size)
	}
	if o.what.Count != report.ToEnd {
		count = min(count, o.what.Count)
	}
	sink, done, err := openSink(o, c.tag, count, out)
	if err != nil {
		return err
	}
	c.sink, c.next, c.end = sink, offset+done, offset+count
	c.meter = newMeter(log, o, done, count)
	err = c.retry(c.fetch)
	c.meter.finish(err)
	return sink.close(err)
}

// client gets one file.
type client struct {
	*getOptions
	ctx   context.Context
	conn  net.Conn
	read  *bufio.Reader
	frame []byte

	size int64 // of the file
	tag  string

	sink      *sink
	next, end int64 // of the file: what is wanted still
	meter     *meter
}

// retry does f until it has succeeded, or what went wrong will go wrong again.
func (c *client) retry(f func() error) error {
	for failed := 0; ; {
		before := c.next
		err := c.connect()
		if err == nil {
			err = f()
		}
		if err == nil {
			return nil
		}
		c.hangUp()
		if c.next > before {
			failed = 0
		}
		var refused refusal
		var disk *sinkError
		if failed++; c.ctx.Err() != nil || failed > c.retries || errors.As(err, &refused) || errors.As(err, &disk) {
			return err
		}
		wait := min(time.Second<<(failed-1), 30*time.Second) / 4
		c.meter.note("%v; again in %v, from byte %d", err, wait, c.next)
		select {
		case <-time.After(wait):
		case <-c.ctx.Done():
			return err
		}
	}
}

func (c *client) connect() (err error) {
	if c.conn != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.stall)
	defer cancel()
	if c.tls != nil {
		c.conn, err = (&tls.Dialer{Config: c.tls}).DialContext(ctx, "tcp", c.addr)
	} else {
		c.conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", c.addr)
	}
	if err != nil {
		c.conn = nil // a nil *tls.Conn is no nil net.Conn
		return err
	}
	c.read = bufio.NewReaderSize(&patient{c.conn, c.stall}, 64<<10)
	return nil
}

func (c *client) hangUp() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// patient is a connection each of whose reads may take some time.
type patient struct {
	net.Conn
	stall time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(p.stall)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// ask sends a request.
func (c *client) ask(r request) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
		return err
	}
	_, err := io.WriteString(c.conn, r.line())
	return err
}

func (c *client) stat() error {
	if err := c.ask(request{verb: "stat", name: c.name}); err != nil {
		return err
	}
	return answer(c.read, "file %d %s", &c.size, &c.tag)
}
