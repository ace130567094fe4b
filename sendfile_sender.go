package rawsys

import (
	"io"
	"sync"

	"github.com/rawsys-go/rawsys/internal/transfer"
	"github.com/rawsys-go/rawsys/zsys"
)

// sender is what one transfer needs while it runs. It is pooled, so that a
// transfer allocates nothing once as many senders exist as run at a time.
type sender struct {
	machine   transfer.Machine
	job       transfer.Job
	flags     int
	threshold int64
	stream    transfer.Stream
	descriptors
}

var senders = sync.Pool{New: func() any { return newSender() }}

// free gives the sender back without anything of the caller's.
func (s *sender) free() {
	s.machine.Stop()
	s.job = transfer.Job{}
	s.stream.Reset(nil, nil)
	s.descriptors.reset()
	senders.Put(s)
}

// copyTo sends by Write alone, which waits, retries and gives up as w does.
func (s *sender) copyTo(w io.Writer, r io.ReaderAt) error {
	if s.flags&zsys.SF_NODISKIO != 0 {
		return errNoSuchFlag
	}
	s.stream.Reset(w, r)
	s.machine.Start(&s.job, &s.stream, transfer.Plain, 0, s.threshold)
	_, _, err := s.machine.Run()
	return err
}
