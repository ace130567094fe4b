package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

type serveOptions struct {
	addr      string
	dir       string
	cert, key string
	frame     report.Bytes
	stall     time.Duration
	idle      time.Duration
	most      int
}

func parseServe(args []string, output io.Writer) (*serveOptions, error) {
	o := &serveOptions{frame: 1 << 20}
	fs := flag.NewFlagSet("segserve serve", flag.ContinueOnError)
	fs.SetOutput(output)
	report.Usage(fs, "segserve serve [flags] DIR", "Offer the files of DIR, and of no other directory, to segserve get.")
	fs.StringVar(&o.addr, "addr", "127.0.0.1:7000", "listen on this `address`")
	fs.StringVar(&o.cert, "cert", "", "speak TLS, with the certificates of this PEM `file`")
	fs.StringVar(&o.key, "key", "", "the PEM `file` with the key for -cert")
	fs.Var(&o.frame, "frame", "the largest frame in `bytes`, up to 64m: what a client must get to keep any of it")
	fs.DurationVar(&o.stall, "stall", 30*time.Second, "give up a client that has taken nothing for this `time`")
	fs.DurationVar(&o.idle, "idle", 5*time.Minute, "close a connection without a request for this `time`")
	fs.IntVar(&o.most, "max", 256, "serve this `number` of connections at a time")
	if err := report.Parse(fs, args, "DIR"); err != nil {
		return nil, err
	}
	o.dir = fs.Arg(0)
	wrong := ""
	switch {
	case (o.cert == "") != (o.key == ""):
		wrong = "-cert and -key go together"
	case o.frame < 1 || o.frame > maxFrame:
		wrong = fmt.Sprintf("-frame %d: it may have 1 to %d bytes", o.frame, maxFrame)
	case o.most < 1 || o.stall <= 0 || o.idle <= 0:
		wrong = "-max, -stall and -idle are more than 0"
	default:
		return o, nil
	}
	fmt.Fprintf(output, "segserve serve: %s; -h lists the flags\n", wrong)
	return nil, report.ErrUsage
}

// serve listens until ctx ends, and then waits for nobody.
func serve(ctx context.Context, o *serveOptions, w io.Writer) error {
	root, err := os.OpenRoot(o.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			l.Close()
			return err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}})
	}
	s := &server{serveOptions: o, root: root, log: log.New(w, "segserve: ", 0)}
	s.log.Printf("%s at %v", o.dir, l.Addr())
	return s.accept(ctx, l)
}

type server struct {
	*serveOptions
	root *os.Root
	log  *log.Logger
}

// accept serves connections until ctx ends.
func (s *server) accept(ctx context.Context, l net.Listener) error {
	var all sync.WaitGroup
	defer all.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	room := make(chan struct{}, s.most)
	for {
		room <- struct{}{}
		conn, err := l.Accept()
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil: // such as no descriptor left: those in use come free
			s.log.Print(err)
			if errors.Is(err, net.ErrClosed) {
				return err
			}
			time.Sleep(100 * time.Millisecond)
			<-room
			continue
		}
		all.Go(func() {
			defer func() { <-room }()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			defer conn.Close()
			if err := s.talk(conn); err != nil && ctx.Err() == nil {
				s.log.Printf("%v: %v", conn.RemoteAddr(), err)
			}
		})
	}
}

// talk answers requests until the client hangs up.
func (s *server) talk(conn net.Conn) error {
	r := bufio.NewReaderSize(conn, maxLine)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(s.idle)); err != nil {
			return err
		}
		line, err := readLine(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = s.answer(conn, line)
		}
		if err != nil {
			return err
		}
	}
}

// answer answers a request. What is wrong with it the client is told, and not more
// than it needs to know.
func (s *server) answer(conn net.Conn, line string) error {
	req, err := parseRequest(line)
	if err == nil {
		err = s.open(conn, req)
	}
	var sent *sendError
	if err != nil && !errors.As(err, &sent) { // a peer that takes nothing cannot be told
		conn.SetWriteDeadline(time.Now().Add(s.stall))
		fmt.Fprintf(conn, "error %q\n", err.Error())
	}
	return err
}

// open answers a request that is well formed.
func (s *server) open(conn net.Conn, req request) error {
	f, err := s.root.Open(req.name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%q is no regular file", req.name)
	case req.verb == "stat":
		conn.SetWriteDeadline(time.Now().Add(s.stall))
		if _, err := fmt.Fprintf(conn, "file %d %s\n", info.Size(), tagOf(info)); err != nil {
			return &sendError{err}
		}
		return nil
	case req.tag != tagOf(info):
		return fmt.Errorf("%q has changed", req.name)
	case req.offset > info.Size():
		return fmt.Errorf("offset %d is past the end of %q, which has %d bytes", req.offset, req.name, info.Size())
	}
	count := info.Size() - req.offset
	if req.count != report.ToEnd {
		count = min(count, req.count)
	}
	g := segments{server: s, conn: conn, file: f, size: info.Size()}
	return g.send(req.offset, count)
}
