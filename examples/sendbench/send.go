package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// sample is what a message cost in one turn, in seconds.
type sample struct{ time, cpu float64 }

// The two modes: messages follow each other at once, or each when the one before has
// arrived whole, as the answers to one client's requests do.
const (
	streamed = iota
	answered
	modes
)

// row is the result of a way: medians of its turns. The ratios are those to the first way
// in the same round.
type row struct {
	Way           string  `json:"way"`
	Streamed      float64 `json:"streamed_seconds"`
	StreamedRatio float64 `json:"streamed_ratio"`
	Answered      float64 `json:"answered_seconds"`
	AnsweredRatio float64 `json:"answered_ratio"`
	CPU           float64 `json:"cpu_seconds,omitempty"` // of the sender, streamed
	CPURatio      float64 `json:"cpu_ratio,omitempty"`
	Rate          float64 `json:"bytes_per_second"` // streamed
	Bytes         int64   `json:"message_bytes"`
}

// send measures all ways, and writes the table.
func (o *options) send(out, log io.Writer) error {
	m, err := o.message()
	if err != nil {
		return err
	}
	defer m.file.Close()
	if o.addr == "" {
		addr, stop, err := startDrain(log)
		if err != nil {
			return err
		}
		defer stop()
		o.addr = addr
	}
	all, err := o.measure(m, log)
	if err != nil {
		return err
	}
	table := report.New(out, o.json, "WAY", "STREAMED", "RATIO", "ANSWERED", "RATIO", "CPU", "RATIO", "RATE", "HOW")
	for i, w := range o.ways {
		r := newRow(w.name, m.size(), all[i], all[0])
		cells := []any{w.name, short(r.Streamed), ratio(r.StreamedRatio), short(r.Answered), ratio(r.AnsweredRatio),
			short(r.CPU), ratio(r.CPURatio), report.Size(int64(r.Rate)) + "/s", w.about}
		if err := table.Row(r, cells...); err != nil {
			return err
		}
	}
	return table.Close()
}

// message is what the options ask to send.
func (o *options) message() (*message, error) {
	f, err := os.Open(o.file)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = fmt.Errorf("%s is no regular file", o.file)
	case o.part.Offset > info.Size() || o.part.Count > info.Size()-o.part.Offset:
		err = fmt.Errorf("-range %v: %s has %d bytes", &o.part, o.file, info.Size())
	}
	m := &message{header: bytes.Repeat([]byte{'h'}, int(o.header)), trailer: bytes.Repeat([]byte{'t'}, int(o.trailer)), file: f, offset: o.part.Offset, count: o.part.Count}
	if err == nil && m.count == report.ToEnd {
		m.count = info.Size() - m.offset
	}
	if err == nil && m.count == 0 {
		m.offset = info.Size() // where Sendfile, too, finds nothing
	}
	if err == nil && m.size() == 0 {
		err = fmt.Errorf("%s is empty, and so are header and trailer: there is nothing to send", o.file)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return m, nil
}

// turns are the samples of a way in each mode, one a round.
type turns [modes][]sample

// measure lets the ways take turns. How many messages a turn has is the same for all, as
// the first way's time has it.
func (o *options) measure(m *message, log io.Writer) ([]turns, error) {
	sum, err := m.sum()
	if err != nil {
		return nil, err
	}
	all := make([]turns, len(o.ways))
	for mode := range modes {
		n, s, err := o.calibrate(m, mode, sum)
		if err != nil {
			return nil, err
		}
		if mode == streamed {
			whole := time.Duration(float64(n+1) * s.time * float64(modes*o.rounds*len(o.ways)) * float64(time.Second))
			fmt.Fprintf(log, "sendbench: messages of %s to %s, %d a turn; about %v\n", report.Size(m.size()), o.addr, n, whole.Round(time.Second))
		}
		for range o.rounds {
			for i, w := range o.ways {
				s, err := o.turn(m, w, n, mode, sum)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", w.name, err)
				}
				all[i][mode] = append(all[i][mode], s)
			}
		}
	}
	return all, nil
}

// calibrate finds how many messages of the first way fill a turn.
func (o *options) calibrate(m *message, mode int, sum uint32) (n int, s sample, err error) {
	for n = 1; ; {
		if s, err = o.turn(m, o.ways[0], n, mode, sum); err != nil {
			return 0, s, fmt.Errorf("%s: %w", o.ways[0].name, err)
		}
		fit := int(o.time.Seconds() / max(s.time, 1e-9))
		if fit <= 2*n {
			return max(1, fit), s, nil
		}
		n = min(fit, 10*n)
	}
}

// turn sends one message, whose checksum must come back, and then n on a connection.
func (o *options) turn(m *message, w way, n, mode int, sum uint32) (sample, error) {
	batch := 1
	if mode == streamed {
		batch = n
	}
	c, err := dial(o.addr, m.size(), batch)
	if err != nil {
		return sample{}, err
	}
	defer c.Close()
	send, done, err := w.setup(c, m)
	if err != nil {
		return sample{}, err
	}
	defer done()
	if err := first(c, send, sum); err != nil {
		return sample{}, err
	}
	cpu, known := cpuTime()
	start := time.Now()
	for left := n; left > 0; left -= batch {
		for range batch {
			if err := send(); err != nil {
				return sample{}, err
			}
		}
		var arrived [1]byte
		if _, err := io.ReadFull(c, arrived[:]); err != nil {
			return sample{}, fmt.Errorf("the receiving end: %w", err)
		}
	}
	s := sample{time: time.Since(start).Seconds() / float64(n)}
	if after, _ := cpuTime(); known {
		s.cpu = (after - cpu).Seconds() / float64(n)
	}
	return s, nil
}

// first sends a message, and compares what arrived.
func first(c *net.TCPConn, send func() error, sum uint32) error {
	if err := send(); err != nil {
		return err
	}
	var got [4]byte
	if _, err := io.ReadFull(c, got[:]); err != nil {
		return fmt.Errorf("the receiving end: %w", err)
	}
	if v := binary.BigEndian.Uint32(got[:]); v != sum {
		return fmt.Errorf("other bytes arrived than the file has: CRC-32C %08x, not %08x; did the file change?", v, sum)
	}
	return nil
}

func newRow(name string, size int64, own, base turns) row {
	r := row{Way: name, Bytes: size}
	r.Streamed, r.StreamedRatio = medians(own[streamed], base[streamed], func(s sample) float64 { return s.time })
	r.Answered, r.AnsweredRatio = medians(own[answered], base[answered], func(s sample) float64 { return s.time })
	r.CPU, r.CPURatio = medians(own[streamed], base[streamed], func(s sample) float64 { return s.cpu })
	r.Rate = float64(size) / max(r.Streamed, 1e-9)
	return r
}

// medians are that of the figure, and that of its quotient by the base's in the same round.
// What has no figure, as CPU time that is not known, or less than the clock of it tells, has no quotient.
func medians(own, base []sample, figure func(sample) float64) (value, quotient float64) {
	var values, quotients []float64
	for i := range own {
		values = append(values, figure(own[i]))
		if b := figure(base[i]); b > 0 {
			quotients = append(quotients, figure(own[i])/b)
		}
	}
	return median(values), median(quotients)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.SortFunc(v, cmp.Compare)
	return (v[len(v)/2] + v[(len(v)-1)/2]) / 2
}

// short is a time with three digits, or a dash if it is not known.
func short(seconds float64) string {
	if seconds == 0 {
		return "-"
	}
	d := time.Duration(seconds * float64(time.Second))
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}

func ratio(v float64) string {
	if v == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", v)
}
