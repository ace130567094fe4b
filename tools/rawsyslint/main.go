// Command rawsyslint reports what breaks this module's own rules: system calls
// outside the files named after a system, unsafe outside its fence, and EINTR
// loops that lose counts.
//
//	go build -o bin/ ./rawsyslint
//	GOOS=freebsd go vet -vettool=bin/rawsyslint ./...
package main

import (
	"github.com/rawsys-go/rawsys/tools/lint"
	"golang.org/x/tools/go/analysis/multichecker"
)

func main() { multichecker.Main(lint.Analyzers()...) }
