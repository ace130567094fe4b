package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

func TestArguments(t *testing.T) {
	for args, want := range map[string]string{
		"": "usage: sandbox lines", "what": "usage: sandbox lines", "lines": "missing FILE...", "serve": "missing DIR",
		"serve a b": `unexpected argument "b"`, "lines -addr x f": "-addr",
	} {
		var out strings.Builder
		if _, err := parse(strings.Fields(args), &out); !errors.Is(err, report.ErrUsage) || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v, %s", args, err, out.String())
		}
	}
	for _, args := range []string{"-h", "lines -h", "serve -h"} {
		var out strings.Builder
		if _, err := parse(strings.Fields(args), &out); report.ExitCode(io.Discard, "", err) != 0 || !strings.Contains(out.String(), "usage: sandbox") {
			t.Errorf("%s: %v, %s", args, err, out.String())
		}
	}
	if o, err := parse(strings.Fields("serve -show -addr x dir"), io.Discard); err != nil || o.addr != "x" || !o.show || o.try || o.names[0] != "dir" {
		t.Errorf("%+v, %v", o, err)
	}
}
