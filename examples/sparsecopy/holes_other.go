//go:build !freebsd && !linux

package main

import (
	"io"
	"os"
)

// Holes are not asked for here.
const (
	seekData = -1
	seekHole = -1
)

var errNoMore, errInvalid = io.EOF, os.ErrInvalid
