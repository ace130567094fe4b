//go:build unix

package transfer_test

import (
	"syscall"

	"github.com/rawsys-go/rawsys/internal/kernelmodel"
	"github.com/rawsys-go/rawsys/internal/transfer"
)

// smallScenarios is every transfer over small sizes.
func smallScenarios(sys system) (all []*scenario) {
	for _, header := range [][][]byte{nil, part(headerByte, 1), part(headerByte, 2, 0, 1)} {
		for _, trailer := range [][][]byte{nil, part(trailerByte, -1, 1), part(trailerByte, 1, 1)} {
			for size := range int64(4) {
				for _, offset := range []int64{0, 1, 5} {
					for count := int64(transfer.ToEOF); count < 4; count++ {
						job := transfer.Job{Headers: header, Trailers: trailer, Offset: offset, Count: count}
						all = append(all, variants(sys, job, size)...)
					}
				}
			}
		}
	}
	return all
}

// variants is one transfer under every refusal, kind of file, threshold and flag.
func variants(sys system, job transfer.Job, size int64) (all []*scenario) {
	add := func(w kernelmodel.World, flags int, threshold int64) {
		w.Size, w.MaxSize, w.Fatal = size, 3, syscall.ECONNABORTED
		all = append(all, &scenario{system: sys, world: &w, job: job, flags: flags, threshold: threshold, buffer: 2})
	}
	for _, threshold := range []int64{-1, 1, 3} {
		add(kernelmodel.World{}, 0, threshold)
		add(kernelmodel.World{MadeUp: true}, 0, threshold)
	}
	add(kernelmodel.World{Resizes: true}, 0, 1)
	add(kernelmodel.World{Mixed: true}, 0, 3)
	add(kernelmodel.World{Nagle: sys.sys.Max > 0}, 0, -1) // the copy knows no connection
	all[len(all)-1].hold = -1
	add(kernelmodel.World{Unreadable: syscall.EISDIR}, 0, -1)
	add(kernelmodel.World{Unreadable: syscall.EISDIR}, 0, 1)
	add(kernelmodel.World{}, transfer.NoDiskIO, 1)
	add(kernelmodel.World{Unreadable: syscall.EISDIR, Late: true}, 0, -1)
	add(kernelmodel.World{Unreadable: syscall.EISDIR, Late: true, Reads: 1}, 0, 1)
	for _, flags := range []int{0, transfer.NoDiskIO} {
		add(kernelmodel.World{Local: true}, flags, -1)
		add(kernelmodel.World{Tiny: true}, flags, -1)
	}
	for _, errno := range sys.refusals {
		add(kernelmodel.World{Refusal: errno}, 0, -1)
		add(kernelmodel.World{Refusal: errno, Served: 1}, 0, -1)
	}
	return all
}

// fatals are errors that end a connection: no table names them all.
var fatals = []syscall.Errno{syscall.EPIPE, syscall.ETIMEDOUT, syscall.ECONNABORTED, syscall.EHOSTUNREACH}

// randomScenario is a transfer as the chooser likes it: mostly small, sometimes not.
func randomScenario(sys system, c kernelmodel.Chooser) *scenario {
	bufs := func(lo byte) [][]byte {
		lengths := make([]int, c.Choose([]int{1, 3, 5, 150}[c.Choose(4)]))
		for i := range lengths {
			lengths[i] = c.Choose([]int{2, 5, 40}[c.Choose(3)]) - 1
		}
		return part(lo, lengths...)
	}
	sizes := func() int64 { return int64(c.Choose([]int{2, 10, 300}[c.Choose(3)])) }
	w := &kernelmodel.World{
		Chooser: c, Size: sizes(), MaxSize: 300,
		MadeUp: c.Choose(4) == 1, Resizes: c.Choose(3) == 1,
		Faults: c.Choose(20), Fatal: fatals[c.Choose(len(fatals))],
	}
	if r := c.Choose(4 * (1 + len(sys.refusals))); r > 0 && r <= len(sys.refusals) {
		w.Refusal = sys.refusals[r-1]
	}
	sc := &scenario{
		system: sys, world: w,
		job:       transfer.Job{Headers: bufs(headerByte), Trailers: bufs(trailerByte), Offset: sizes() * int64(c.Choose(2)), Count: sizes() - 1},
		threshold: sizes() - 1, buffer: 1 + c.Choose(64), hold: c.Choose(64) - 1,
	}
	w.Nagle = sys.sys.Max > 0 && c.Choose(2) == 1
	switch c.Choose(16) {
	case 1, 2:
		sc.flags = transfer.NoDiskIO
	case 3:
		w.Unreadable = syscall.ESPIPE
	case 4, 5:
		w.Mixed = true
	case 6, 7:
		sc.job.Limit = 1 + sizes()
	case 8:
		w.Unreadable, w.Late, w.Reads = syscall.EISDIR, true, c.Choose(4)
	case 9:
		w.Local = true
	case 10:
		w.Tiny, sc.flags = true, c.Choose(2)*transfer.NoDiskIO
	case 11:
		w.Served = 1 + c.Choose(4)
	}
	return sc
}
