//go:build unix

package transfer_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/kernelmodel"
	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/internal/transfer"
)

// source is a world's file as an io.ReaderAt.
type source struct{ *kernelmodel.World }

func (s source) ReadAt(p []byte, off int64) (int, error) { return s.Pread(p, off) }

// read takes the scenario to its end by Job.Read, through every error, and says what
// was against the contract. What was read counts as arrived.
func (s *scenario) read() error {
	headers, trailers := bytes.Join(s.job.Headers, nil), bytes.Join(s.job.Trailers, nil)
	p := make([]byte, s.buffer)
	for {
		n, err := s.job.Read(p, source{s.world})
		if n < 0 || n > len(p) {
			return fmt.Errorf("%d bytes of %d, %v", n, len(p), err)
		}
		s.world.Peer = append(s.world.Peer, p[:n]...)
		if err := s.check(headers, trailers); err != nil {
			return fmt.Errorf("%v after %d, %v", err, n, err)
		}
		if err == syscall.EINTR || err == nil && n > 0 && s.world.Spoiled == 0 {
			continue
		}
		state := transfer.Failed
		if err == io.EOF {
			state, err = transfer.Done, nil
		}
		if done, err := s.checkEnd(state, err, len(headers), len(trailers)); done || err != nil {
			return err
		}
	}
}

// TestReads goes through every schedule of reading every small transfer, and through
// random ones.
func TestReads(t *testing.T) {
	needs.Kernel(t)
	plain := systems[len(systems)-1]
	schedules, faults, random := 0, 2, 100_000
	if needs.Brevity() {
		faults, random = 1, 10_000
	}
	for _, sc := range smallScenarios(plain) {
		tree := new(kernelmodel.Tree)
		for more := true; more; more = tree.Next() {
			w, try := *sc.world, *sc
			w.Chooser, w.Faults, w.Late = tree, faults, true // the headers are read before the file is
			try.world = &w
			schedules++
			if err := try.read(); err != nil {
				t.Fatalf("%v: %v", sc, err)
			}
		}
	}
	for seed := range uint64(random) {
		rng := rand.New(rand.NewPCG(seed, 77))
		sc := randomScenario(plain, kernelmodel.Func(rng.IntN))
		sc.flags, sc.world.Late = 0, true
		text := sc.String()
		if err := sc.read(); err != nil {
			t.Fatalf("seed %d: %v: %v", seed, text, err)
		}
	}
	t.Logf("%d schedules, and %d random ones", schedules, random)
}
