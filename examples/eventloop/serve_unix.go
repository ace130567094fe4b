//go:build freebsd || linux

package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/signal"
)

func serve(o options, log io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listener, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	addr := listener.Addr()
	l, err := newLoop(o, listener.(*net.TCPListener), log)
	if err != nil {
		return err
	}
	l.log.Printf("%s at %v", o.dir, addr)
	return l.run(ctx.Done())
}
