package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// BenchmarkGenerator runs the generator's commands, each as a process: generate is
// what make generate does once the generator is built. With RAWSYS_FREEBSD_SRC, the directory of a
// source tree, also those that need clang and headers.
func BenchmarkGenerator(b *testing.B) {
	gen := filepath.Join(b.TempDir(), "gen")
	build := exec.Command("go", "build", "-o", gen, "./gen")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	root := b.TempDir()
	copyTree(b, root, "go.mod", "defs/freebsd.def", "defs/freebsd12.facts", "defs/freebsd14.facts", "defs/freebsd15.facts")
	run := func(name string, args ...string) {
		b.Run(name, func(b *testing.B) {
			var cpu time.Duration
			for b.Loop() {
				cmd := exec.Command(gen, args...)
				cmd.Dir = root
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("gen %q: %v\n%s", args, err, out)
				}
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			b.ReportMetric(float64(cpu)/float64(b.N), "cpu-ns/op") // which other work on the machine changes little
		})
	}
	run("generate", "generate")
	run("layout", "layout")
	run("diff", "diff", "freebsd12", "freebsd15")
	src := os.Getenv("RAWSYS_FREEBSD_SRC")
	if src == "" {
		b.Log("extract and witness need RAWSYS_FREEBSD_SRC, a directory with FreeBSD's sources")
		return
	}
	run("extract", "extract", "-src", src, "-o", filepath.Join(root, "extracted.facts"))
	run("witness", "witness", "-headers", src)
}

func copyTree(b *testing.B, root string, names ...string) {
	b.Helper()
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join("..", name))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(root, name), text, 0o666)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
