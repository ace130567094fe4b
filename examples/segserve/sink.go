package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// sink is where a file is written to: under another name until it is whole.
type sink struct {
	out        io.Writer
	file       *os.File // nil for standard output
	part, name string
}

// sinkError is an error of the place where a file is written to: another connection
// would not help.
type sinkError struct{ error }

func (e *sinkError) Unwrap() error { return e.error }

// openSink opens the place for count bytes and says how many of them are there.
// The name of what is not whole has the version and the range in it, so that a part
// of something else is not gone on with.
func openSink(o *getOptions, tag string, count int64, stdout io.Writer) (*sink, int64, error) {
	if o.out == "-" {
		return &sink{out: stdout}, 0, nil
	}
	if info, err := os.Stat(o.out); err == nil && !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is no regular file: use -o - and redirect it", o.out)
	}
	part := fmt.Sprintf("%s.part-%s-%d", o.out, tag, o.what.Offset)
	f, err := os.OpenFile(part, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, 0, err
	}
	done, err := f.Seek(0, io.SeekEnd)
	if err == nil && done > count { // of a longer range
		done, err = f.Seek(count, io.SeekStart)
	}
	if err == nil {
		err = f.Truncate(done)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return &sink{f, f, part, o.out}, done, nil
}

// Write writes all of p, or says that this place does not take it.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.out.Write(p)
	if err != nil {
		err = &sinkError{err}
	}
	return n, err
}

// close gives the file its name, if there was no error, or says how to go on.
func (s *sink) close(err error) error {
	if s.file == nil {
		return err
	}
	size, _ := s.file.Seek(0, io.SeekCurrent)
	closed := s.file.Close()
	switch {
	case err != nil && size == 0:
		return errors.Join(err, os.Remove(s.part))
	case err != nil:
		return fmt.Errorf("%w; %d bytes are in %s, and the same command goes on from there", err, size, s.part)
	case closed != nil:
		return closed
	}
	return os.Rename(s.part, s.name)
}
