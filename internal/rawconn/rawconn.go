// Package rawconn finds the descriptor behind a file, a connection or a
// listener.
package rawconn

import (
	"io/fs"
	"net"
	"os"
	"syscall"
)

// With calls f with the descriptor of c, which stays open meanwhile, and returns
// f's error. c is a syscall.Conn, such as an *os.File and what package net's
// functions return, or a connection over one, such as a *tls.Conn. ok is false for
// any other value, and f is not called then; neither is it called for a c that is
// closed, which is an error that matches fs.ErrClosed or net.ErrClosed.
func With(c any, f func(fd int) error) (ok bool, err error) {
	conn, ok := underlying(c)
	if !ok {
		return false, nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return true, err
	}
	var result error
	err = raw.Control(func(fd uintptr) { result = f(int(fd)) })
	if _, file := conn.(*os.File); file && err != nil {
		return true, fs.ErrClosed // os gives it another name here
	}
	if err != nil {
		return true, err
	}
	return true, result
}

// underlying takes connections like a *tls.Conn off what they were made of.
func underlying(c any) (syscall.Conn, bool) {
	for {
		if conn, ok := c.(syscall.Conn); ok {
			return conn, true
		}
		over, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil, false
		}
		c = over.NetConn()
	}
}
