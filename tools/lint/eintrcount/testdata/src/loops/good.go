package loops

import (
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

func threadID() (int, error) { return 0, nil }

func counted(out, in int, off int64, count int) (written int, err error) {
	for written < count {
		n, err := sendfile(out, in, off+int64(written), count-written)
		written += n
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func countedInBranch(out, in int) (written int, err error) {
	for {
		n, err := sendfile(out, in, int64(written), 0)
		switch err {
		case EINTR:
			if n > 0 {
				written += n
			}
		default:
			return written + n, err
		}
	}
}

func countedByPointer(out, in int) (written int64, err error) {
	for {
		var sbytes int64
		errno := rawSendfile(out, in, written, 1, &sbytes)
		written += sbytes
		if errno != EINTR {
			return written, errno
		}
	}
}

// POSIX: a read or write that EINTR ends has moved nothing.
func kernelRead(fd int, p []byte) (int, error) {
	for {
		n, err := unix.Read(fd, p)
		if err == EINTR {
			continue
		}
		if n, err := syscall.Write(fd, p); err == EINTR {
			_ = n
			continue
		}
		return n, err
	}
}

// A thread's number is no count of bytes.
func thread() (int, error) {
	for {
		n, err := threadID()
		if err == EINTR {
			continue
		}
		return n, err
	}
}

// EINTR is not retried.
func given(out, in int) (int, error) {
	for {
		n, err := sendfile(out, in, 0, 1)
		if err == EINTR {
			return n, err
		}
		if err == EAGAIN {
			continue
		}
		return n, err
	}
}

// The EINTR retried is another call's.
func other(out, in int, p []byte) (int, error) {
	for {
		n, err := sendfile(out, in, 0, 1)
		if err != nil {
			return n, err
		}
		if _, err = unix.Read(in, p); err == EINTR {
			continue
		}
		return n, err
	}
}

// Every error is retried: a fault perhaps, but not one of signals.
func always(w io.Writer, p []byte) {
	for {
		if _, err := w.Write(p); err == nil {
			return
		}
	}
}

// No loop, no retry.
func once(out, in int) (int, error) {
	n, err := sendfile(out, in, 0, 1)
	if err == EINTR {
		err = nil
	}
	return n, err
}

func _() {
	for {
	}
}
