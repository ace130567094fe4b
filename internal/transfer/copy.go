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
		case m.broken != nil: // nothing follows
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
// file ends. An error that comes with or after some bytes is kept: those bytes go first.
func (m *Machine) fill() error {
	if m.blocks {
		return m.fillBlocks()
	}
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
		case unaligned(err) && len(m.buf) >= blockSize:
			m.blocks = true
			if m.hi > 0 { // what was read goes first
				return nil
			}
			return m.fillBlocks()
		case m.hi == 0:
			return err
		default:
			m.broken = err
			return nil
		}
	}
	return nil
}

// blockSize is a multiple of what file systems and disks want of a file that is
// opened with O_DIRECT. Buffers of at least this size are aligned to it.
const blockSize = 4 << 10

// fillBlocks reads whole blocks around what is wanted, once.
func (m *Machine) fillBlocks() error {
	pos := m.job.pos()
	skip := int(pos % blockSize)
	buf := m.room()
	n, err := m.kern.ReadAt(buf[:len(buf)&^(blockSize-1)], pos-int64(skip))
	for err != nil && callAction(err) == Retry {
		n, err = m.kern.ReadAt(buf[:len(buf)&^(blockSize-1)], pos-int64(skip))
	}
	m.lo = min(skip, n)
	m.hi = m.lo + int(min(int64(n-m.lo), m.job.ask()))
	m.eof = m.lo == m.hi && (err == nil || err == io.EOF) || m.job.ask() == 0
	if err == nil || err == io.EOF {
		return nil
	}
	if m.lo < m.hi {
		m.broken, err = err, nil
	}
	return err
}

// room is the buffer, made when it is first needed.
func (m *Machine) room() []byte {
	size := bufferSize
	if m.BufferSize > 0 {
		size = m.BufferSize
	}
	size = max(size, int(min(m.threshold, m.want)))
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
