//go:build unix

package main

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// flagValues are the flags of a test binary, without -test., and their values.
type flagValues map[string]string

// testFlags reads the arguments that go test gives to test binaries: always
// -test.name=value, up to the test's own.
func testFlags(args []string) flagValues {
	flags := flagValues{}
	for _, a := range args {
		name, ok := strings.CutPrefix(strings.Replace(a, "--", "-", 1), "-test.")
		if !ok {
			continue
		}
		name, value, _ := strings.Cut(name, "=")
		flags[name] = value
	}
	return flags
}

// lateness is what a test binary gets beyond its own limit, at which it says by
// itself which tests were running.
const lateness = 15 * time.Second

// limit is how long the binary may run, or 0 for as long as it likes.
func (f flagValues) limit() time.Duration {
	d, err := time.ParseDuration(f["timeout"])
	if err != nil || d <= 0 {
		return 0
	}
	return d + lateness
}

// outputs returns the files and directories that a test that runs in dir is to
// bring back, and the directories that it needs for them. The log of what a test
// read is not brought back: without it the go command does not cache the result,
// and it could not know that the kernel has changed.
func (f flagValues) outputs(dir string) (collect, dirs []string) {
	at := func(base, name string) string {
		if filepath.IsAbs(name) {
			return filepath.Clean(name)
		}
		return filepath.Join(base, name)
	}
	base := dir
	if d := f["outputdir"]; d != "" {
		base = at(dir, d)
	}
	for _, name := range []string{"blockprofile", "coverprofile", "cpuprofile", "memprofile", "mutexprofile", "trace"} {
		if v := f[name]; v != "" {
			collect = append(collect, at(base, v))
		}
	}
	for _, file := range append(slices.Clip(collect), at(dir, f["testlogfile"])) {
		dirs = append(dirs, filepath.Dir(file))
	}
	if d := f["gocoverdir"]; d != "" {
		collect, dirs = append(collect, at(dir, d)), append(dirs, at(dir, d))
	}
	if f["fuzz"] != "" {
		collect = append(collect, filepath.Join(dir, "testdata", "fuzz"))
	}
	return collect, dirs
}
