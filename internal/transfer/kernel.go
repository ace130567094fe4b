package transfer

import (
	"cmp"
	"errors"
)

// send lets the kernel move file bytes, after or together with the headers.
func (m *Machine) send() (string, error) {
	pos := m.job.pos()
	ask := min(m.sys.Max, m.job.ask())
	if ask == 0 {
		m.job.EOF = true
		return "", nil
	}
	switch rest := m.size - pos; {
	case rest > 0: // no more than there is: a sendfile that is cut may hold its end back
		ask = min(ask, rest)
	case rest == 0 && m.size > 0: // the end that was seen: read says whether it still is
		m.copying = true
		return "", nil
	}
	if err := m.avoid(); err != nil {
		return m.sent(0, ask, err)
	}
	var headers [][]byte
	if m.head.left > 0 {
		var all bool
		if headers, all = m.head.appendTo(m.win[:0]); !all || !m.sys.InCall {
			if err := m.check(); err != nil {
				return "pread", err
			}
			return m.write(headers, true)
		}
	}
	m.hold(ask)
	if m.job.Sent() > 0 && m.job.Way&ByKernel == 0 {
		m.hurry()
	}
	n, err := m.kern.Sendfile(pos, ask, headers, m.flags)
	clear(headers)
	if n < 0 || n > m.head.left+ask {
		n = 0 // nothing that left: a count that nobody stored
	}
	return m.sent(n, ask, err)
}

// avoid asks once whether the destination is one to call sendfile on, and
// returns the error that stands for a refusal if it is not.
func (m *Machine) avoid() error {
	if m.fit || len(m.sys.Avoids) == 0 {
		return nil
	}
	err := m.sys.avoid(m.kern.Kind())
	m.fit = err == nil
	return err
}

// check asks once, before a header leaves alone, whether file bytes can follow it. Where
// the call takes both, the kernel finds out before it sends any.
func (m *Machine) check() error {
	for !m.job.Checked {
		if err := m.kern.Check(); err != nil && callAction(err) != Retry {
			return err
		} else if err == nil {
			m.job.Checked = true
		}
	}
	return nil
}

// hold keeps the segment open for the trailers if all that there is may fit into one.
func (m *Machine) hold(ask int64) {
	all := m.job.Sent() + m.head.left + ask + m.tail.left
	if m.tail.left > 0 && all <= int64(cmp.Or(m.HoldSize, holdSize)) && !m.holding {
		m.holding = m.kern.Hold(true)
	}
}

// holdSize is the most that surely is one segment, where segments are as large as they can be:
// on loopback. Linux has it point to 17 pieces at most: 14 pages of 4 KiB, which may lie across 15,
// with what is around them. Beyond it a held trailer is a segment of its own all the
// same, to hold saves at most one of several, and keeps the peer from reading meanwhile.
const holdSize = 56 << 10

// hurry is called before a part that may end with an incomplete segment, and for which an incomplete
// one in front of it did not wait. Without TCP_NODELAY it would leave when that is
// acknowledged, which a peer may put off for 40 ms.
func (m *Machine) hurry() {
	if !m.held && !m.holding && !m.prompt {
		m.kern.Prompt(true)
		m.prompt = true
	}
}

// sent notes what a sendfile call moved of ask file bytes and the headers, and
// decides by the system's table.
func (m *Machine) sent(n, ask int64, err error) (string, error) {
	r := m.sys.rule(err)
	if !r.Counts {
		n = 0
	}
	h := m.head.advance(n)
	f := n - h
	if n > 0 {
		m.held, m.cut = false, m.sys.Holds && f < ask
	}
	m.job.Header += h
	m.job.File += f
	if f > 0 {
		m.job.Way |= ByKernel
	}
	if err == nil {
		return m.doubt(f)
	}
	switch r.Action {
	case Retry:
		return "", nil
	case Wait:
		m.wait = true
	case Refuse, Busy:
		if m.flags&NoDiskIO == 0 {
			m.job.Refused = true
			return "", nil
		}
	}
	return "sendfile", err
}

// doubt looks at success without a byte of the file: the end of it, most often.
// But files that are made up as they are read may give sendfile nothing and
// read everything, and FreeBSD has said so of a socket whose buffer was too
// small to be waited for. So the end is believed when read says it, and if read
// has more the copy goes on. A read might wait for a disk: where that is
// forbidden the size decides, and what has not ended waits for the destination.
func (m *Machine) doubt(f int64) (string, error) {
	switch {
	case f > 0:
	case m.flags&NoDiskIO == 0:
		m.doubted = true
	default:
		if size, err := m.kern.Size(); err == nil && m.job.pos() < size {
			m.wait = true
			return "sendfile", errFull
		}
		m.job.EOF = true
	}
	return "", nil
}

// errFull stands for EAGAIN where the kernel did not say it.
var errFull = errors.New("destination is full")
