package main

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
)

// fetch gets what is wanted still. A frame counts when its checksum was right and
// it has been written.
func (c *client) fetch() error {
	if c.next == c.end {
		return nil
	}
	defer context.AfterFunc(c.ctx, func() { c.conn.Close() })()
	if err := c.ask(request{verb: "get", tag: c.tag, offset: c.next, count: c.end - c.next, name: c.name}); err != nil {
		return err
	}
	for c.next < c.end {
		if err := c.readFrame(); err != nil {
			return err
		}
		if _, err := c.sink.Write(c.frame); err != nil {
			return err
		}
		c.next += int64(len(c.frame))
		c.meter.add(len(c.frame))
	}
	var size int64
	if err := answer(c.read, "end %d", &size); err != nil {
		return err
	}
	if size != c.size {
		return errStale
	}
	return nil
}

// readFrame reads the next frame into c.frame and checks it.
func (c *client) readFrame() error {
	var offset, length int64
	if err := answer(c.read, "frame %d %d", &offset, &length); err != nil {
		return err
	}
	switch {
	case offset != c.next || length <= 0 || length > c.end-c.next:
		return errStale
	case length > maxFrame:
		return fmt.Errorf("the server sent a frame of %d bytes, and there is room for %d", length, maxFrame)
	case length > int64(cap(c.frame)):
		c.frame = make([]byte, length)
	}
	c.frame = c.frame[:length]
	if _, err := io.ReadFull(c.read, c.frame); err != nil {
		return noEOF(err)
	}
	var want uint32
	if err := answer(c.read, "crc32c %x", &want); err != nil {
		return noEOF(err)
	}
	if got := crc32.Checksum(c.frame, castagnoli); got != want {
		return fmt.Errorf("bytes %d to %d are damaged: their checksum is %08x, and %08x was sent", offset, offset+length, got, want)
	}
	return nil
}

// noEOF is for an end where there is none to come.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
