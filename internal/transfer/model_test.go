//go:build unix

package transfer_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/kernelmodel"
	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/internal/transfer"
)

// system is one way of sending with the model of its kernel.
type system struct {
	sys      *transfer.System
	model    func(*kernelmodel.World) transfer.Calls
	refusals []syscall.Errno
}

var systems = []system{
	{transfer.Linux, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewLinux(w) },
		[]syscall.Errno{syscall.EINVAL, syscall.ENOSYS, syscall.EPERM, syscall.ESPIPE, syscall.EOVERFLOW, syscall.EOPNOTSUPP}},
	{transfer.FreeBSD, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewFreeBSD(w) },
		[]syscall.Errno{syscall.EINVAL, syscall.ENOTSOCK, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EBADF}},
	{transfer.DragonFly, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewDragonFly(w) },
		[]syscall.Errno{syscall.EINVAL, syscall.ENOTSOCK, syscall.ENOTCONN, syscall.EBADF}},
	{transfer.Darwin, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewDarwin(w) },
		[]syscall.Errno{syscall.EINVAL, syscall.ENOTSUP, syscall.ENOTSOCK, syscall.ENOSYS, syscall.ENOTCONN}},
	{transfer.Solaris, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewSolaris(w) },
		[]syscall.Errno{syscall.EAFNOSUPPORT, syscall.EBADF}},
	{transfer.Plain, func(w *kernelmodel.World) transfer.Calls { return kernelmodel.NewPlain(w) }, nil},
}

// scenario is a transfer to be tried in a world.
type scenario struct {
	system
	world     *kernelmodel.World
	job       transfer.Job
	flags     int
	threshold int64
	buffer    int
	hold      int
	ended     int // how often the file was too short
}

// part makes slices of the given lengths, with bytes from lo on.
func part(lo byte, lengths ...int) [][]byte {
	var bufs [][]byte
	for n, at := 0, 0; n < len(lengths); n++ {
		if lengths[n] < 0 {
			bufs = append(bufs, nil)
			continue
		}
		b := make([]byte, lengths[n])
		for i := range b {
			b[i] = lo + byte(at)&0x3f
			at++
		}
		bufs = append(bufs, b)
	}
	return bufs
}

const (
	headerByte  = 0x00
	trailerByte = 0x40
)

// run takes the scenario to its end, through every wait and error, and says
// what was against the contract.
func (s *scenario) run(m *transfer.Machine) error {
	headers, trailers := bytes.Join(s.job.Headers, nil), bytes.Join(s.job.Trailers, nil)
	m.BufferSize, m.HoldSize = s.buffer, s.hold
	defer m.Stop()
	kern := s.model(s.world)
	m.Start(&s.job, kern, s.sys, s.flags, s.threshold)
	for {
		state, op, err := m.Run()
		if err := s.check(headers, trailers); err != nil {
			return fmt.Errorf("%v after %v %q %v", err, state, op, err)
		}
		if done, err := s.checkEnd(state, err, len(headers), len(trailers)); done || err != nil {
			return err
		}
		// A connection goes on with the same machine, a caller of a later call with another.
		if state != transfer.Again || s.world.Choose(2) == 1 {
			if s.world.Spoiled > 0 && s.job.Offset+s.job.File >= s.world.Spoiled-1 {
				return fmt.Errorf("an error that came with bytes was not told when they had left")
			}
			s.world.Spoiled = 0 // what was read and has not left is read again
			m.Stop()
			m.Start(&s.job, kern, s.sys, s.flags, s.threshold)
		}
	}
}

// check compares what arrived with what is said to have left.
func (s *scenario) check(headers, trailers []byte) error {
	j, w := &s.job, s.world
	noDiskIO := s.flags&s.sys.Flags&transfer.NoDiskIO != 0
	switch {
	case j.Header < 0 || j.Header > int64(len(headers)) || j.Trailer < 0 || j.Trailer > int64(len(trailers)) || j.File < 0:
		return fmt.Errorf("impossible progress %+v", j.Progress)
	case j.Sent() != int64(len(w.Peer)):
		return fmt.Errorf("%d bytes arrived, progress %+v", len(w.Peer), j.Progress)
	case j.File+j.Trailer > 0 && j.Header < int64(len(headers)):
		return fmt.Errorf("file or trailer before the end of the header: %+v", j.Progress)
	case j.Trailer > 0 && j.Count != transfer.ToEOF && j.File != j.Count:
		return fmt.Errorf("trailer after a short file: %+v", j.Progress)
	case j.Trailer > 0 && j.Count == transfer.ToEOF && !j.EOF:
		return fmt.Errorf("trailer before the end of the file: %+v", j.Progress)
	case j.Limit > 0 && j.File > max(j.Limit-j.Offset, 0):
		return fmt.Errorf("%d bytes from %d on left of a file cut at %d", j.File, j.Offset, j.Limit)
	case w.Ignored:
		return fmt.Errorf("the source was read on after an error that came with bytes")
	case w.Unreadable != 0 && !w.Late && j.Count != 0 && j.Sent() > 0:
		return fmt.Errorf("bytes left before it was found that the source cannot be read: %+v", j.Progress)
	case j.EOF && !w.EndsAt(j.Offset+j.File, noDiskIO) && (j.Limit == 0 || j.Offset+j.File < j.Limit):
		return fmt.Errorf("no end of file was met at %d", j.Offset+j.File)
	case j.Refused && !w.Denied:
		return fmt.Errorf("the kernel's way was given up without a reason")
	case noDiskIO && j.Way&transfer.ByCopy != 0:
		return fmt.Errorf("file bytes were read although the caller forbade to wait for a disk")
	case w.AtRisk() > 0:
		return fmt.Errorf("%d bytes that left would be lost by a close", w.AtRisk())
	case w.Prompting():
		return fmt.Errorf("the destination was left with TCP_NODELAY: %+v", j.Progress)
	case w.Held():
		return fmt.Errorf("bytes were left waiting for more: %+v", j.Progress)
	case (j.Way&transfer.ByKernel != 0) != (w.Kernel > 0), (j.Way&transfer.ByCopy != 0) != (j.File > w.Kernel):
		return fmt.Errorf("%d of %d file bytes went by the kernel, but the way is %v", w.Kernel, j.File, j.Way)
	}
	return s.checkBytes(headers, trailers)
}

func (s *scenario) checkBytes(headers, trailers []byte) error {
	j, peer := &s.job, s.world.Peer
	if !bytes.Equal(peer[:j.Header], headers[:j.Header]) {
		return fmt.Errorf("header arrived as %x", peer[:j.Header])
	}
	for i, b := range peer[j.Header : j.Header+j.File] {
		if b != kernelmodel.Byte(j.Offset+int64(i)) {
			return fmt.Errorf("file byte %d arrived as %#x", i, b)
		}
	}
	if got := peer[j.Header+j.File:]; !bytes.Equal(got, trailers[:j.Trailer]) {
		return fmt.Errorf("trailer arrived as %x", got)
	}
	return nil
}

// checkEnd judges why a run ended, and whether the transfer is over.
func (s *scenario) checkEnd(state transfer.State, err error, headers, trailers int) (bool, error) {
	j, w := &s.job, s.world
	switch {
	case state == transfer.Done:
		if w.Delayed() {
			return true, fmt.Errorf("done, though the last bytes wait for an acknowledgement")
		}
		whole := j.Count == transfer.ToEOF && j.EOF || j.File == j.Count
		if w.Spoiled > 0 {
			return true, fmt.Errorf("done, though the source's last bytes came with an error")
		}
		if err != nil || !whole || j.Header < int64(headers) || j.Trailer < int64(trailers) {
			return true, fmt.Errorf("done, %v, with %+v of count %d", err, j.Progress, j.Count)
		}
		return true, nil
	case state == transfer.Again:
		if full := s.flags&transfer.NoDiskIO != 0 && w.Last == 0; w.Last != syscall.EAGAIN && !full {
			return true, fmt.Errorf("waits after %v", w.Last)
		}
		return false, nil
	case err == io.ErrUnexpectedEOF:
		if j.Count == transfer.ToEOF || j.File >= j.Count || !j.EOF || j.Header < int64(headers) {
			return true, fmt.Errorf("%v with %+v of count %d", err, j.Progress, j.Count)
		}
		s.ended++
		w.ForgetEnds()
		return s.ended > 2 || w.Faults == 0 || !w.Resizes, nil // or it may have grown: look again
	case w.Spoiled > 0 && err == syscall.EIO:
		if at := w.Spoiled - 1; j.Offset+j.File != at || j.Trailer > 0 {
			return true, fmt.Errorf("an error that came with bytes up to %d was told with %+v", at, j.Progress)
		}
		w.Spoiled = 0
		return false, nil
	case w.Unreadable != 0 && (err == w.Unreadable || s.flags&s.sys.Flags&transfer.NoDiskIO != 0 && err == syscall.EINVAL):
		return true, nil
	case err == syscall.EBUSY && s.flags&transfer.NoDiskIO != 0,
		w.Fatal != 0 && (err == w.Fatal || err == syscall.EIO):
		return false, nil
	case w.Refusal != 0 && err == w.Refusal && (err == syscall.EBADF || s.flags&transfer.NoDiskIO != 0),
		w.MadeUp && err == syscall.EINVAL && s.flags&transfer.NoDiskIO != 0,
		(w.Local || w.Tiny) && err == syscall.EOPNOTSUPP && s.flags&transfer.NoDiskIO != 0:
		return true, nil
	}
	return true, fmt.Errorf("failed with %v", err)
}

func (s *scenario) String() string {
	lengths := func(bufs [][]byte) (l []int) {
		for _, b := range bufs {
			l = append(l, len(b))
		}
		return l
	}
	return fmt.Sprintf("%s: headers %v, %d bytes from %d of a file of %d (%s), trailers %v, flags %d, threshold %d, buffer %d, %d faults left",
		s.sys.Name, lengths(s.job.Headers), s.job.Count, s.job.Offset, s.world.Size, s.traits(),
		lengths(s.job.Trailers), s.flags, s.threshold, s.buffer, s.world.Faults)
}

// traits is what is unusual about the world.
func (s *scenario) traits() string {
	w := s.world
	return fmt.Sprintf("made up: %v, resizes: %v, mixed: %v, refusal: %v after %d, unreadable: %v, late: %v after %d, local: %v, tiny: %v, nagle: %v",
		w.MadeUp, w.Resizes, w.Mixed, w.Refusal, w.Served, w.Unreadable, w.Late, w.Reads, w.Local, w.Tiny, w.Nagle)
}

// TestExhaustive goes through every schedule with up to two faults for every small transfer.
func TestExhaustive(t *testing.T) {
	needs.Kernel(t)
	faults := 2
	if needs.Brevity() {
		faults = 1
	}
	for _, sys := range systems {
		t.Run(sys.sys.Name, func(t *testing.T) {
			t.Parallel()
			var m transfer.Machine
			schedules := 0
			for _, sc := range smallScenarios(sys) {
				tree := new(kernelmodel.Tree)
				for more := true; more; more = tree.Next() {
					w := *sc.world
					w.Chooser, w.Faults = tree, faults
					try := *sc
					try.world = &w
					schedules++
					if err := try.run(&m); err != nil {
						t.Fatalf("%v: %v", sc, err)
					}
				}
			}
			t.Logf("%d schedules", schedules)
		})
	}
}

// TestSchedules tries random transfers under random schedules. RAWSYS_SCHEDULES
// says how many; make fuzz runs millions.
func TestSchedules(t *testing.T) {
	needs.Kernel(t)
	n := 100_000
	if s := os.Getenv("RAWSYS_SCHEDULES"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	} else if needs.Brevity() {
		n = 10_000
	}
	for i, sys := range systems {
		t.Run(sys.sys.Name, func(t *testing.T) {
			t.Parallel()
			var m transfer.Machine
			for seed := range uint64(n) {
				rng := rand.New(rand.NewPCG(seed, uint64(i)))
				sc := randomScenario(sys, kernelmodel.Func(rng.IntN))
				text := sc.String()
				if err := sc.run(&m); err != nil {
					t.Fatalf("seed %d: %v: %v", seed, text, err)
				}
			}
		})
	}
}

// FuzzSchedules lets the fuzzer choose transfer and schedule.
func FuzzSchedules(f *testing.F) {
	for i := range byte(32) {
		f.Add(bytes.Repeat([]byte{i, 7 * i, 3}, 40))
	}
	var m transfer.Machine
	f.Fuzz(func(t *testing.T, data []byte) {
		choices := &kernelmodel.Bytes{Left: data}
		sc := randomScenario(systems[choices.Choose(len(systems))], choices)
		text := sc.String()
		if err := sc.run(&m); err != nil {
			t.Fatalf("%v: %v", text, err)
		}
	})
}
