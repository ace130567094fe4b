package transfer

import "io"

// copy reads a buffer's worth of the file and writes it, with the headers in
// front, and the trailers behind if it was the last.
func (m *Machine) copy() (string, error) {
	if m.lo == m.hi {
		if err := m.fill(); err != nil {
			return "pread", err
		}
		if m.commitEOF() {
			return "", nil
		}
	}
	bufs, all := m.head.appendTo(m.win[:0])
	if all && len(bufs) < Window {
		bufs = append(bufs, m.buf[m.lo:m.hi])
		switch end := m.job.File + int64(m.hi-m.lo); {
		case m.eof && m.job.Count == ToEOF || end == m.job.Count:
			bufs, all = m.tail.appendTo(bufs)
		case !m.eof:
			all = false
		}
	} else {
		all = false
	}
	return m.write(bufs, !all)
}

// fill reads the file until the buffer is full, the count is reached or the
// file ends. An error after some bytes is kept for the next time: those bytes go first.
func (m *Machine) fill() error {
	pos := m.job.pos()
	buf := m.room()
	buf = buf[:min(int64(len(buf)), m.job.ask())]
	m.lo, m.hi, m.eof = 0, 0, len(buf) == 0
	for m.hi < len(buf) && !m.eof {
		n, err := m.kern.ReadAt(buf[m.hi:], pos+int64(m.hi))
		m.hi += n
		switch {
		case err == nil || err == io.EOF:
			// A read that stopped where the size says the file ends saw the
			// end; any other short one may be a file that gives what it likes.
			m.eof = n == 0 || err == io.EOF || m.hi < len(buf) && pos+int64(m.hi) == m.size
		case callAction(err) == Retry:
		case m.hi == 0:
			return err
		default:
			return nil
		}
	}
	return nil
}

// room is the buffer, made when it is first needed.
func (m *Machine) room() []byte {
	size := bufferSize
	if m.BufferSize > 0 {
		size = m.BufferSize
	}
	size = max(size, int(m.threshold))
	if cap(m.buf) < size {
		m.buf = make([]byte, size)
	}
	return m.buf[:size]
}

// commitEOF makes the end of the file part of the progress once all before it left.
func (m *Machine) commitEOF() bool {
	if m.eof && m.lo == m.hi {
		m.job.EOF = true
	}
	return m.job.EOF
}
