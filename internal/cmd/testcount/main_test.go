package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	good = `{"Action":"pass","Package":"p","Test":"A"}
{"Action":"skip","Package":"p","Test":"B"}
{"Action":"pass","Package":"p","Elapsed":0.5}
`
	bad = `{"Action":"output","Package":"p","Test":"A","Output":"want 1\n"}
{"Action":"fail","Package":"p","Test":"A"}
{"Action":"fail","Package":"p"}
`
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return path
	}
	goodFile, badFile := file("good.json", good), file("bad.json", bad)
	for _, c := range []struct {
		args  []string
		stdin string
		code  int
		want  string
	}{
		{nil, good, 0, "ok    p  0.5s  1 passed, 0 failed, 1 skipped\n1 passed, 0 failed, 1 skipped\n"},
		{[]string{"-total"}, good, 0, "1 passed, 0 failed, 1 skipped\n"},
		{[]string{"-total", "-skips"}, good, 0, "--- SKIP: p B: \n1 passed, 0 failed, 1 skipped\n"},
		{[]string{goodFile, badFile}, "", 1, "--- FAIL: p A\n    want 1\n0 passed, 1 failed, 1 skipped\n"},
		{nil, "", 1, "0 passed, 0 failed, 0 skipped\n"},
		{nil, bad + "make: Terminated", 2, "    want 1\n0 passed, 1 failed, 0 skipped\ntestcount: not an event of go test -json: make: Terminated\n"},
		{nil, "panic", 2, "testcount: not an event of go test -json: panic\n"},
		{[]string{filepath.Join(dir, "none")}, "", 2, "testcount: " + filepath.Join(dir, "none")},
		{[]string{"-nosuch"}, "", 2, "-nosuch"},
	} {
		var out bytes.Buffer
		code := run(c.args, strings.NewReader(c.stdin), &out, &out)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("testcount %q < %q: exit %d\n%s\nwant exit %d\n%s", c.args, c.stdin, code, out.String(), c.code, c.want)
		}
	}
}
