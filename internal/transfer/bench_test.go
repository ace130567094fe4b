package transfer_test

import (
	"testing"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// idle is Calls that do nothing and take everything.
type idle struct{}

func (idle) Size() (int64, error)                  { return 0, nil }
func (idle) ReadAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (idle) Kind() transfer.Kind                   { return 0 }
func (idle) Check() error                          { return nil }
func (idle) Hold(bool) bool                        { return false }
func (idle) Prompt(bool)                           {}
func (idle) Write(bufs [][]byte, _ bool) (n int, err error) {
	for _, b := range bufs {
		n += len(b)
	}
	return n, nil
}

func (idle) Sendfile(_, n int64, _ [][]byte, _ int) (int64, error) { return n, nil }

var anySystem = &transfer.System{Name: "any", Max: 1 << 30}

// BenchmarkMachine is the state machine without a kernel: what it adds to the
// calls of a small and of a large transfer.
func BenchmarkMachine(b *testing.B) {
	for name, threshold := range map[string]int64{"small": 1 << 20, "large": -1} {
		b.Run(name, func(b *testing.B) {
			var m transfer.Machine
			headers, trailers := [][]byte{make([]byte, 220)}, [][]byte{make([]byte, 32)}
			job := transfer.Job{Headers: headers, Trailers: trailers, Count: 4096}
			b.ReportAllocs()
			for b.Loop() {
				job.Progress = transfer.Progress{}
				m.Start(&job, idle{}, anySystem, 0, threshold)
				if state, _, err := m.Run(); state != transfer.Done {
					b.Fatal(state, err)
				}
				m.Stop()
			}
		})
	}
}
