package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// sizes are the file sizes of the table.
var sizes = []int64{0, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20, 16 << 20, 1 << 30}

// printTable measures every contender at every size up to the largest.
func printTable() error {
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
	cons := slices.Concat(contenders, c)
	for _, c := range cons {
		fmt.Printf("%-11s %s\n", c.name, c.about)
	}
	fmt.Println("\ncalls ns: until the calls returned; arrived ns: until the peer said that it has everything.\nratio: that contender's time over transfer's; above 1, transfer is faster")
	if *only >= 0 {
		sizes = []int64{*only}
	}
	for _, size := range sizes {
		if size > *largest {
			break
		}
		results, err := compare(address, size, cons)
		if err != nil {
			return err
		}
		fmt.Printf("\n%-9s %11s %6s %11s %6s %7s %9s %9s\n", byteSize(size), "calls ns", "ratio", "arrived ns", "ratio", "allocs", "CPU s/GB", "segments")
		for i, r := range results {
			fmt.Printf("%9s %11.0f %6.2f %11.0f %6.2f %7.1f %9s %9.2f\n", cons[i].name,
				r.ns, r.ns/results[0].ns, r.arrived, r.arrived/results[0].arrived, r.allocs, perGB(r.cpu, size), r.segments)
		}
	}
	return nil
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
