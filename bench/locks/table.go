//go:build freebsd || linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/rawsys-go/rawsys/bench/internal/stats"
)

func head() string {
	return fmt.Sprintf(`%s %s, GOMAXPROCS %d, %d rounds of %v
ns: of one operation, by all workers together; CPU time where nobody waits. time:
that by the baseline's, the median of the rounds, with the lowest and the highest;
speed is 1/time. allocs: of one operation.
share: operations of the worker with the fewest, in even shares.
`, runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), *rounds, *length)
}

func (r *result) print(w io.Writer) {
	fmt.Fprintf(w, "\n%s\n%-17s %9s %7s %6s %10s   %s\n", r.name, "", "ns", "allocs", "share", "MB/s", "time and speed, beside")
	for i, c := range r.contenders {
		fmt.Fprintf(w, "%-17s %9.1f %7s %6s %10s", c.name, r.ns(i), r.allocs(i), r.share(i), r.rate(i))
		for _, b := range c.against {
			if list := r.ratios(i, b); list != nil {
				fmt.Fprintf(w, "   %.2f (%.2f-%.2f) %.2f %s%s", stats.Median(list), list[0], list[len(list)-1], 1/stats.Median(list), b, verdict(c, b, stats.Median(list)))
			}
		}
		fmt.Fprintln(w)
	}
	if r.disturbed > 0 {
		fmt.Fprintf(w, "In %d of %d rounds other programs ran.\n", r.disturbed, *rounds)
	}
}

// verdict says whether the target is met, which is for the first baseline.
func verdict(c contender, baseline string, ratio float64) string {
	switch {
	case c.target == 0 || baseline != c.against[0]:
		return ""
	case ratio <= c.target:
		return fmt.Sprintf(" [<= %.2f: met]", c.target)
	}
	return fmt.Sprintf(" [<= %.2f: MISSED]", c.target)
}

func (r *result) ns(i int) float64 {
	return stats.Median(column(r.samples[i], func(s sample) float64 { return s.ns }))
}

func (r *result) allocs(i int) string {
	return known(column(r.samples[i], func(s sample) float64 { return s.allocs }))
}

func (r *result) share(i int) string {
	return known(column(r.samples[i], func(s sample) float64 { return s.share }))
}

// known is the median of figures, or that they do not apply.
func known(sorted []float64) string {
	if sorted[0] < 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", stats.Median(sorted))
}

func (r *result) rate(i int) string {
	if r.size == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", float64(r.size)*1e3/r.ns(i))
}

// write stores a run: locks.tsv has a line for each contender and baseline, and
// ring.tsv one for each size of messages.
func write(dir string, all []*result) error {
	var locks, ring bytes.Buffer
	about := strings.ReplaceAll(head(), "\n", " ")
	fmt.Fprintf(&locks, "# Locks: %s\n# case\tcontender\tns\tallocs\tshare\tbaseline\ttime\tlowest\thighest\n", about)
	fmt.Fprintf(&ring, "# Messages a second, from one process to another: %s\n", about)
	for _, r := range all {
		for i, c := range r.contenders {
			line := fmt.Sprintf("%s\t%s\t%.2f\t%s\t%s", r.name, c.name, r.ns(i), r.allocs(i), r.share(i))
			if len(c.against) == 0 {
				fmt.Fprintf(&locks, "%s\t-\t-\t-\t-\n", line)
			}
			for _, b := range c.against {
				if list := r.ratios(i, b); list != nil {
					fmt.Fprintf(&locks, "%s\t%s\t%.3f\t%.3f\t%.3f\n", line, b, stats.Median(list), list[0], list[len(list)-1])
				}
			}
		}
	}
	writeRing(&ring, all)
	if err := os.WriteFile(filepath.Join(dir, "locks.tsv"), locks.Bytes(), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "ring.tsv"), ring.Bytes(), 0o644)
}

func writeRing(w io.Writer, all []*result) {
	first := true
	for _, r := range all {
		if r.size == 0 {
			continue
		}
		if first {
			fmt.Fprint(w, "# bytes")
			for _, c := range r.contenders {
				fmt.Fprint(w, "\t", c.name)
			}
			fmt.Fprintln(w)
			first = false
		}
		fmt.Fprint(w, r.size)
		for i := range r.contenders {
			fmt.Fprintf(w, "\t%.0f", 1e9/r.ns(i))
		}
		fmt.Fprintln(w)
	}
}
