//go:build unix

package main

import (
	"fmt"
	"io"
	"runtime"
	"testing"
)

// The guests of a suite share the host's processors, unless somebody says how many
// each has.
func TestProcessors(t *testing.T) {
	host := runtime.NumCPU()
	for _, tt := range []struct {
		args []string
		want int
	}{
		{[]string{"-kernel", "k", "x.test"}, min(host, 2)},
		{[]string{"-kernel", "k", "-guests", "1", "test"}, min(host, 2)},
		{[]string{"-kernel", "k", "-guests", fmt.Sprint(host), "test"}, 1},
		{[]string{"-kernel", "k", "-guests", fmt.Sprint(2 * host), "test"}, 1},
		{[]string{"-kernel", "k", "-cpus", "3", "test"}, 3},
	} {
		if c, err := parse(tt.args, io.Discard); err != nil || c.cpus != tt.want {
			t.Errorf("%q: %d processors, %v; want %d", tt.args, c.cpus, err, tt.want)
		}
	}
}
