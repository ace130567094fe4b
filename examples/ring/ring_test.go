//go:build freebsd || linux

package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

func TestMain(m *testing.M) {
	if os.Getenv("RING_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Both ends are killed twice each, and jobs of every sender arrive at every receiver that
// it meets.
func TestDemo(t *testing.T) {
	needs.RealCPU(t, "starts itself")
	c := needs.Self(t, "demo")
	c.Env, c.Stderr = append(os.Environ(), "RING_MAIN=1"), os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, kill := range []string{"kill -9 of receiver ", "kill -9 of sender "} {
		if n := strings.Count(string(out), kill); n != 2 {
			t.Errorf("%q %d times in\n%s", kill, n, out)
		}
	}
	pairs := map[string]bool{}
	for _, m := range regexp.MustCompile(`receiver ([0-9]+): job [0-9]+ of sender ([0-9]+)`).FindAllStringSubmatch(string(out), -1) {
		pairs[m[1]+" and "+m[2]] = true
	}
	if len(pairs) < 5 {
		t.Errorf("%d pairs of a receiver and a sender, want 5: %v", len(pairs), pairs)
	}
}

// What is no command says how the program is used.
func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"-h"}, {"send"}, {"demo", "more"}} {
		c := needs.Self(t, args...)
		c.Env = append(os.Environ(), "RING_MAIN=1")
		if out, err := c.CombinedOutput(); err == nil || !strings.Contains(string(out), "usage: ring send FILE") {
			t.Errorf("%q: %v, %s", args, err, out)
		}
	}
}
