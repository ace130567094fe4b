package main

import (
	"fmt"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// figures are all plots, in the order in which they are drawn.
var figures = []figure{
	{"sendfile", []string{"sendfile.tsv"}, drawTime, 9 * vg.Centimeter},
	{"cpu", []string{"cpu.tsv"}, drawCPU, 9 * vg.Centimeter},
	{"kinfo", []string{"kinfo.txt", "kinfo-freebsd.txt"}, drawKinfo, 5 * vg.Centimeter},
	{"locks", []string{"locks.tsv"}, drawLocks, 6 * vg.Centimeter},
	{"ring", []string{"ring.tsv"}, drawRing, 6 * vg.Centimeter},
	{"generator", []string{"generator.txt"}, drawGenerator, 5 * vg.Centimeter},
}

// sending are the ways to send.
var sending = []line{
	{"transfer", "Transfer", 4}, {"write+copy", "Write, io.Copy, Write", 0}, {"buffers", "ReadAt, net.Buffers", 1},
	{"x/sys", "sendmsg, sendfile, sendmsg by x/sys/unix", 3}, {"C", "the same in C", 2},
}

func drawTime(c draw.Canvas, t theme, runs []*run) error {
	return sides(c, t, runs[0], "time of a message, Transfer's is 1", "ratio")
}

func drawCPU(c draw.Canvas, t theme, runs []*run) error {
	return sides(c, t, runs[0], "CPU time a byte, Transfer's is 1", "CPU ratio")
}

// sides draws streamed and answered messages side by side.
func sides(c draw.Canvas, t theme, r *run, y, column string) error {
	return panels(c, t, r, []panel{
		{"Streamed: message after message", "size of the file", y, "streamed " + column},
		{"Answered: each after the one before arrived", "size of the file", " ", "answered " + column},
	}, sending)
}

// benchmark reads a unit of go test -bench.
func benchmark(r *run, unit string, of func(float64) float64) func(string) (float64, error) {
	return func(name string) (float64, error) {
		v, err := r.least(name, unit)
		return of(v), err
	}
}

func drawKinfo(c draw.Canvas, t theme, runs []*run) error {
	decode, err := take([]measured{
		{"kinfo", "BenchmarkDecode/Reader", true}, {"copying the bytes", "BenchmarkDecode/copy", false}, {"binary.Read", "BenchmarkDecode/binary.Read", false},
	}, benchmark(runs[0], "ns/record", func(ns float64) float64 { return 1e3 / ns }))
	if err != nil {
		return err
	}
	parents, err := take([]measured{{"kinfo", "BenchmarkParents/kinfo", true}, {"gopsutil", "BenchmarkParents/gopsutil", false}},
		benchmark(runs[1], "ns/process", func(ns float64) float64 { return 1e6 / ns }))
	if err != nil {
		return err
	}
	return charts(c, t, chart{"Decode a table of open files, on Linux", "million records a second", decode},
		chart{"Read all processes, on emulated FreeBSD", "thousand processes a second", parents})
}

func drawGenerator(c draw.Canvas, t theme, runs []*run) error {
	list, err := take([]measured{
		{"gen generate", "BenchmarkGenerator/generate", true}, {"gen layout", "BenchmarkGenerator/layout", true}, {"gen diff", "BenchmarkGenerator/diff", true},
	}, benchmark(runs[0], "cpu-ns/op", func(ns float64) float64 { return ns / 1e9 }))
	if err != nil {
		return err
	}
	return charts(c, t, chart{"A command of the generator, from start to end", "seconds of CPU time", list})
}

// cell is the figure of a row that has two texts in two columns.
func (r *run) cell(first, is, second, has, column string) (float64, error) {
	rows, err := r.where(first, is)
	if err != nil {
		return 0, err
	}
	of, err := r.column(second)
	if err != nil {
		return 0, err
	}
	at, err := r.column(column)
	if err != nil {
		return 0, err
	}
	for _, row := range rows {
		if r.rows[row][of] == has {
			return r.number(row, at)
		}
	}
	return 0, fmt.Errorf("no row has %q as %s and %q as %s", is, first, has, second)
}

func drawLocks(c draw.Canvas, t theme, runs []*run) error {
	var all []chart
	for _, kase := range []struct{ name, title string }{
		{"alone: lock and unlock", "Alone: lock and unlock"}, {"2 goroutines: nothing but counting", "Two at once, nothing but counting"},
	} {
		list := []measured{{"Mutex", "Mutex", true}, {"RobustMutex", "RobustMutex", true}, {"sync.Mutex", "sync.Mutex", false}}
		if len(all) > 0 {
			list = append(list, measured{"C: pthread", "C pthread", false}, measured{"C: robust pthread", "C robust", false})
		}
		bars, err := take(list, func(name string) (float64, error) { return runs[0].cell("case", kase.name, "contender", name, "ns") })
		if err != nil {
			return err
		}
		all = append(all, chart{kase.title, "nanoseconds", bars})
	}
	return charts(c, t, all...)
}

func drawRing(c draw.Canvas, t theme, runs []*run) error {
	var all []chart
	for i := range runs[0].rows {
		bytes, err := runs[0].number(i, 0)
		if err != nil {
			return err
		}
		bars, err := take([]measured{
			{"Ring", "Ring", true}, {"robust Ring", "robust Ring", true}, {"socket pair", "socketpair", false}, {"pipe", "pipe", false},
		}, func(name string) (float64, error) {
			column, err := runs[0].column(name)
			if err != nil {
				return 0, err
			}
			v, err := runs[0].number(i, column)
			return v / 1e3, err
		})
		if err != nil {
			return err
		}
		all = append(all, chart{"Messages of " + size(bytes), "thousand a second", bars})
	}
	return charts(c, t, all...)
}
