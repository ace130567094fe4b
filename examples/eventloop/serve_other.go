//go:build !freebsd && !linux

package main

import (
	"errors"
	"io"
)

func serve(options, io.Writer) error {
	return errors.New("this system has neither epoll nor FreeBSD's kqueue")
}
