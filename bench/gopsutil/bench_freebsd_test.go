package main

import (
	"testing"

	"github.com/shirou/gopsutil/v4/process"

	"github.com/rawsys-go/rawsys/kinfo"
)

// BenchmarkParents reads the parents of all processes of the system.
func BenchmarkParents(b *testing.B) {
	per := func(b *testing.B, n int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/process")
		b.ReportMetric(float64(n)/float64(b.N), "processes")
	}
	b.Run("kinfo", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			for p, err := range kinfo.Procs(kinfo.All()) {
				if err != nil {
					b.Fatal(err)
				}
				_ = p.Ppid
				n++
			}
		}
		per(b, n)
	})
	b.Run("gopsutil", func(b *testing.B) {
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			procs, err := process.Processes()
			if err != nil {
				b.Fatal(err)
			}
			for _, p := range procs {
				_, _ = p.Ppid() // fails for those that have ended
				n++
			}
		}
		per(b, n)
	})
}

// BenchmarkOne reads the record of one process, with a name and a working
// directory.
func BenchmarkOne(b *testing.B) {
	pid := 1
	b.Run("kinfo", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := kinfo.Process(pid); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("gopsutil", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p := &process.Process{Pid: int32(pid)}
			if _, err := p.Uids(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
