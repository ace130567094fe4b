package loops

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

const EINTR, EAGAIN = syscall.EINTR, syscall.EAGAIN

func sendfile(out, in int, off int64, n int) (int, error) { return 0, nil }

func rawSendfile(out, in int, off int64, n int, sbytes *int64) syscall.Errno { return 0 }

type conn struct{}

func (conn) WriteAll(p []byte) (int64, error) { return 0, nil }

// The loop of CPython's os.sendfile.
func again(out, in int, off int64, count int) (int, error) {
	for {
		n, err := sendfile(out, in, off, count) // want `sendfile is retried after EINTR but its count n is not used: .*advance the offset before the retry`
		if err == syscall.EINTR {
			continue
		}
		return n, err
	}
}

// The total grows, but only after the retry was decided.
func total(out, in int, count int) (written int, err error) {
	for written < count {
		var n int
		n, err = sendfile(out, in, int64(written), count-written) // want `its count n is not used`
		if errors.Is(err, EINTR) {
			continue
		}
		written += n
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func cases(c conn, p []byte) (int64, error) {
	for {
		n, err := c.WriteAll(p) // want `WriteAll is retried after EINTR but its count n is not used`
		switch err {
		case nil:
			return n, nil
		case EAGAIN:
			return n, err
		case EINTR:
		default:
			return 0, err
		}
	}
}

func condition(out, in int) (n int, err error) {
	for err = EINTR; err == EINTR; {
		n, err = sendfile(out, in, 0, 1) // want `its count n is not used`
	}
	return n, err
}

func either(out, in int, stop func() bool) (n int, err error) {
	for {
		n, err = sendfile(out, in, 0, 1) // want `its count n is not used`
		if (err == EINTR || err == EAGAIN) && !stop() {
			n = 0
			err = nil
			continue
		}
		return n, err
	}
}

func inverted(out, in int) (n int, err error) {
again:
	n, err = sendfile(out, in, 0, 1) // want `its count n is not used`
	if err != nil && err != EINTR {
		return n, err
	}
	if !(err == EINTR) {
		return n, nil
	}
	goto again
}

func pointer(out, in int) (int64, error) {
	for {
		var sbytes int64
		errno := rawSendfile(out, in, 0, 1, &sbytes) // want `rawSendfile is retried after EINTR but its count sbytes is not used`
		if errno == EINTR {
			continue
		}
		if errno != 0 {
			return sbytes, errno
		}
		return sbytes, nil
	}
}

func discarded(out, in int) error {
	for {
		_, err := sendfile(out, in, 0, 1) // want `its count is not used`
		if err == EINTR {
			continue
		}
		return err
	}
}

func library(out, in int, off int64) (int, error) {
	for {
		n, err := unix.Sendfile(out, in, &off, 1) // want `its count n is not used`
		if err == unix.EINTR {
			continue
		}
		m, err := unix.CopyFileRange(out, &off, in, &off, 1, 0) // want `its count m is not used`
		if err == unix.EINTR {
			continue
		}
		return n + m, err
	}
}

func closure(out, in int) func() (int, error) {
	return func() (int, error) {
		for {
			n, err := sendfile(out, in, 0, 1) // want `its count n is not used`
			if err != EINTR {
				return n, err
			}
		}
	}
}
