package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// stored is a run for the plots: a line for each size and contender.
type stored struct{ bytes.Buffer }

func newStored() *stored {
	s := &stored{}
	release, err := exec.Command("uname", "-sr").Output()
	if err != nil {
		release = []byte(runtime.GOOS)
	}
	fmt.Fprintf(s, "# Messages over TCP on loopback: %s, %s, %s, %s\n", strings.TrimSpace(string(release)), runtime.GOARCH, runtime.Version(), time.Now().UTC().Format(time.DateOnly))
	fmt.Fprintf(s, "# Medians of %d rounds of %v; ratio: over transfer's in the same round\n", *rounds, *length)
	fmt.Fprintln(s, "# bytes\tway\tstreamed ns\tstreamed ratio\tanswered ns\tanswered ratio\tstreamed CPU s/GB\tstreamed CPU ratio\tanswered CPU s/GB\tanswered CPU ratio")
	return s
}

// add stores what a contender cost at a size, of which there is at least a byte.
func (s *stored) add(name string, size int64, c, first *costs) {
	if size == 0 {
		return
	}
	str, ans := c[streamed], c[answered]
	fmt.Fprintf(s, "%d\t%s\t%.0f\t%.3f\t%.0f\t%.3f\t%.4f\t%.3f\t%.4f\t%.3f\n", size, name,
		median(str, ns), ratio(str, first[streamed], ns), median(ans, ns), ratio(ans, first[answered], ns),
		median(str, cpu)/float64(size), ratio(str, first[streamed], cpu), median(ans, cpu)/float64(size), ratio(ans, first[answered], cpu))
}

// write puts the run into a directory, under the names that plots looks for: a plot of
// times, and one of CPU times.
func (s *stored) write(dir string) error {
	for _, name := range []string{"sendfile.tsv", "cpu.tsv"} {
		if err := os.WriteFile(filepath.Join(dir, name), s.Bytes(), 0o666); err != nil {
			return err
		}
	}
	return nil
}
