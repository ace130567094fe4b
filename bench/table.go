package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// sizes are the file sizes of the table.
var sizes = []int64{0, 1 << 10, 4 << 10, 16 << 10, 32 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 1 << 30}

const tableHead = `
streamed: message after message; answered: each when the one before has arrived.
CPU is the sender's, streamed. ratio: the median over the rounds of that
contender's figure over transfer's of the same round; above 1, transfer is better.
`

// printTable measures every contender at every size up to the largest.
func printTable() error {
	if *store != "" { // before minutes are spent on what could not be kept
		if err := os.MkdirAll(*store, 0o777); err != nil {
			return err
		}
	}
	address, stop, err := startDrain()
	if err != nil {
		return err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := compileC(dir)
	if err != nil {
		return err
	}
	chosen, err := regexp.Compile(*among)
	if err != nil {
		return err
	}
	cons := slices.DeleteFunc(slices.Concat(contenders, c), func(c contender) bool {
		return c.name != contenders[0].name && !chosen.MatchString(c.name)
	})
	for _, c := range cons {
		fmt.Printf("%-10s %s\n", c.name, c.about)
	}
	fmt.Print(tableHead)
	if *only >= 0 {
		sizes = []int64{*only}
	}
	run := newStored()
	for _, size := range sizes {
		if size > *largest {
			break
		}
		all, err := compare(address, size, cons)
		if err != nil {
			return err
		}
		fmt.Printf("\n%-10s %11s %6s %12s %6s %9s %6s %7s %9s\n", byteSize(size),
			"streamed ns", "ratio", "answered ns", "ratio", "CPU s/GB", "ratio", "allocs", "segments")
		for i := range all {
			fmt.Println(row(cons[i].name, size, &all[i], &all[0]))
			run.add(cons[i].name, size, &all[i], &all[0])
		}
	}
	if *store != "" {
		return run.write(*store)
	}
	return nil
}

// row is a contender's line beside the first's.
func row(name string, size int64, c, first *costs) string {
	s, a := c[streamed], c[answered]
	return fmt.Sprintf("%-10s %11.0f %6.2f %12.0f %6.2f %9s %6.2f %7.1f %9.2f", name,
		median(s, ns), ratio(s, first[streamed], ns),
		median(a, ns), ratio(a, first[answered], ns),
		perGB(median(s, cpu), size), ratio(s, first[streamed], cpu),
		median(a, allocated), median(a, segs))
}

// perGB is CPU nanoseconds of a transfer as seconds per 10^9 bytes.
func perGB(cpu float64, size int64) string {
	if size == 0 {
		return "-"
	}
	return fmt.Sprintf("%.3f", cpu/float64(size))
}

// byteSize is a size in the largest unit that divides it.
func byteSize(n int64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	for n >= 1024 && n%1024 == 0 && len(units) > 1 {
		n, units = n/1024, units[1:]
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", n, units[0]))
}

// curveSizes are where the copy of small files may stop paying.
var curveSizes = []int64{1, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256, 384, 512, 1024}

// printCurve compares the two ways of Transfer by size.
func printCurve() error {
	address, stop, err := startDrain()
	if err != nil {
		return err
	}
	defer stop()
	ways := []contender{
		{name: "copy", setup: setupTransfer(1 << 20)},
		{name: "kernel", setup: setupTransfer(-1)},
	}
	fmt.Printf("by default up to %d KiB are copied here\n", transfer.DefaultThreshold()>>10)
	fmt.Println("      copy:                        kernel:                      kernel over copy:           segments:")
	fmt.Println("  KiB streamed answered    CPU ns  streamed answered    CPU ns  streamed answered    CPU    copy kernel")
	for _, size := range curveSizes {
		all, err := compare(address, size<<10, ways)
		if err != nil {
			return err
		}
		c, k := &all[0], &all[1]
		fmt.Printf("%5d %8.0f %8.0f %9.0f  %8.0f %8.0f %9.0f  %8.2f %8.2f %6.2f  %6.1f %6.1f\n", size,
			median(c[streamed], ns), median(c[answered], ns), median(c[streamed], cpu),
			median(k[streamed], ns), median(k[answered], ns), median(k[streamed], cpu),
			ratio(k[streamed], c[streamed], ns), ratio(k[answered], c[answered], ns), ratio(k[streamed], c[streamed], cpu),
			median(c[answered], segs), median(k[answered], segs))
	}
	return nil
}
