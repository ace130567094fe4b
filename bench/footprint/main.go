// Footprint says what an import of package zsys costs beside one of
// golang.org/x/sys/unix: how long its compilation takes, and how large a program
// is that makes one call.
//
//	cd bench && go run ./footprint
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// subject is a package, and the program that imports it.
type subject struct {
	pkg, program string
	compile      time.Duration // the fastest of all rounds
	size, bare   int64         // of the program, and without symbols and what debuggers need
}

func main() {
	rounds := flag.Int("rounds", 5, "compile each package this `often`")
	arch := flag.String("arch", "amd64", "for this `GOARCH`")
	flag.Parse()
	if err := run(*rounds, *arch); err != nil {
		fmt.Fprintln(os.Stderr, "footprint:", err)
		os.Exit(1)
	}
}

func run(rounds int, arch string) error {
	dir, err := os.MkdirTemp("", "footprint")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	const programs = "./footprint/testdata/"
	own := &subject{pkg: "github.com/rawsys-go/rawsys/zsys", program: programs + "zsys"}
	theirs := &subject{pkg: "golang.org/x/sys/unix", program: programs + "xsys"}
	for _, s := range []*subject{own, theirs} {
		out := filepath.Join(dir, "program")
		if s.size, err = size(out, arch, s.program); err != nil {
			return err
		}
		if s.bare, err = size(out, arch, "-ldflags=-s -w", s.program); err != nil {
			return err
		}
	}
	for round := range rounds { // in turn, so that what else the machine does falls on both
		for _, s := range []*subject{own, theirs} {
			took, err := compile(s.pkg, arch, fmt.Sprintf("%s/%d", dir, round))
			if err != nil {
				return err
			}
			if round == 0 || took < s.compile {
				s.compile = took
			}
		}
	}
	fmt.Printf("freebsd/%s, fastest of %d:\n", arch, rounds)
	for _, s := range []*subject{own, theirs} {
		fmt.Printf("  %-34s compiled in %4d ms of a processor, program of %d bytes, %d stripped\n", s.pkg, s.compile.Milliseconds(), s.size, s.bare)
	}
	ratio := func(a, b int64) float64 { return float64(a) / float64(b) }
	fmt.Printf("zsys over x/sys/unix: compile time %.3f, size %.3f, stripped %.3f\n",
		ratio(int64(own.compile), int64(theirs.compile)), ratio(own.size, theirs.size), ratio(own.bare, theirs.bare))
	return nil
}

// size builds a program and returns how large it is.
func size(out, arch string, args ...string) (int64, error) {
	if _, err := build(arch, append([]string{"-o", out}, args...)...); err != nil {
		return 0, err
	}
	info, err := os.Stat(out)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// compile compiles a package, whose imports are compiled already. The compiler is
// given a flag that changes nothing, so that the result is not in the cache.
func compile(pkg, arch, unlike string) (time.Duration, error) {
	return build(arch, "-gcflags="+pkg+"=-D="+unlike, pkg)
}

// build runs go build for FreeBSD, and returns how much processor time it took with
// all that it ran: unlike the time that passed, that is not the machine's load.
func build(arch string, args ...string) (time.Duration, error) {
	cmd := exec.Command("go", append([]string{"build"}, args...)...)
	cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+arch, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%v: %v\n%s", cmd, err, out)
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}
