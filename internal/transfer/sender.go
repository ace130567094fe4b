package transfer

import (
	"errors"
	"io"
	"sync"

	"github.com/rawsys-go/rawsys/zsys"
)

// Sender is what one transfer needs while it runs. It is pooled, so that a
// transfer allocates nothing once as many senders exist as run at a time.
type Sender struct {
	Job       Job
	Flags     int
	Threshold int64 // the largest file part that is copied with what is around it; 0 is this process's default

	machine Machine
	stream  Stream
	descriptors
}

var senders = sync.Pool{New: func() any { return newSender() }}

// NewSender takes a sender from the pool. Its job, flags and threshold are to be set.
func NewSender() *Sender { return senders.Get().(*Sender) }

// Free gives the sender back without anything of the caller's. A sender in
// which a caller's code panicked is not to be given back.
func (s *Sender) Free() {
	s.machine.Stop()
	s.Job = Job{}
	s.stream.Reset(nil, nil)
	s.descriptors.reset()
	senders.Put(s)
}

// ErrFlag says that what the flags ask for cannot be kept on the way that is left.
var ErrFlag = errors.New("flag cannot be kept")

// copyTo sends by Write alone, which waits, retries and gives up as w does.
func (s *Sender) copyTo(w io.Writer, r io.ReaderAt) error {
	if s.Flags&zsys.SF_NODISKIO != 0 {
		return ErrFlag
	}
	s.stream.Reset(w, r)
	s.machine.Start(&s.Job, &s.stream, Plain, 0, s.Threshold)
	_, _, err := s.machine.Run()
	return err
}
