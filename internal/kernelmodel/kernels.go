//go:build unix

package kernelmodel

import (
	"syscall"

	"github.com/rawsys-go/rawsys/internal/transfer"
)

// garbage is what a call may leave in a count that it does not define.
const garbage = -0x5a5a5a5a5a5a

// undefined is a count that the caller must not believe: nothing, rubbish, or
// something that looks like a count.
func (w *World) undefined(n int64) int64 {
	switch w.fault(2) {
	case 1:
		return garbage
	case 2:
		return n
	}
	return 0
}

// base is what the kernels have in common.
type base struct{ *World }

func (b base) Size() (int64, error)                    { return b.StatSize() }
func (b base) Check() error                            { return b.World.Check() }
func (b base) ReadAt(p []byte, off int64) (int, error) { return b.Pread(p, off) }

// Kind is asked for by systems that keep some destinations from their sendfile.
func (b base) Kind() (k transfer.Kind) {
	if b.Local {
		k = transfer.Local
	}
	if b.Tiny {
		k |= transfer.Tiny
	}
	b.Denied = b.Denied || k != 0
	return k
}

// Write holds nothing back of its own.
func (b base) Write(bufs [][]byte, more bool) (int, error) { return b.World.Write(bufs, more, false) }

// Hold can do nothing.
func (b base) Hold(bool) bool {
	b.Calls++
	return false
}

// moved notes that a sendfile moved something: it pushes at the end.
func (b base) moved(n int64) {
	if n > 0 {
		b.held, b.cut = b.holding, false
		if !b.holding {
			b.push(bySendfile, b.Kernel <= n)
		}
	}
}

// Linux is sendfile(2) of Linux: short counts, and no count with an error.
type Linux struct{ base }

// NewLinux makes a model on w.
func NewLinux(w *World) Linux { return Linux{base{w}} }

// Write is sendmsg, which has MSG_MORE.
func (k Linux) Write(bufs [][]byte, more bool) (int, error) { return k.World.Write(bufs, more, true) }

// Hold is TCP_CORK.
func (k Linux) Hold(on bool) bool { return k.World.Hold(on) }

// Sendfile sends up to n bytes from off. Until 6.5 what it sends waits for more if
// it was asked for more.
func (k Linux) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	k.enter()
	switch {
	case headers != nil || flags != 0:
		panic("kernelmodel: Linux's sendfile has no such argument")
	case k.unreadable(): // it is read before it is known to be no source
		return k.undefined(n), k.deny(syscall.EINVAL)
	case k.refuses():
		return k.undefined(n), k.deny(k.Refusal)
	case k.MadeUp: // some such sources give sendfile nothing
		return 0, k.deny(0)
	}
	asked := n
	n = k.part(off, n)
	if n == 0 {
		return 0, k.deny(0)
	}
	c := int64(k.fault(int(n) + 2))
	switch {
	case c == 1:
		return k.undefined(n), k.leave(syscall.EINTR)
	case c == 2 && k.Fatal != 0:
		return k.undefined(n), k.leave(k.Fatal)
	case c >= 3:
		n = c - 3
	}
	if n == 0 {
		k.cut = false // what is in flight pushes it
		return k.undefined(1), k.leave(syscall.EAGAIN)
	}
	k.deliverFile(off, n)
	k.moved(n)
	k.cut = n < asked
	return n, k.leave(0)
}

// FreeBSD is sendfile(2) of FreeBSD, as the recordings have it.
type FreeBSD struct{ base }

// NewFreeBSD makes a model on w.
func NewFreeBSD(w *World) FreeBSD { return FreeBSD{base{w}} }

// Hold is TCP_NOPUSH.
func (k FreeBSD) Hold(on bool) bool { return k.World.Hold(on) }

const sfNoDiskIO = 1

// Sendfile sends headers and the file part. To a Unix socket it may queue pages that
// are still being read.
func (k FreeBSD) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	if k.Tiny {
		panic("kernelmodel: sendfile to this socket does not come to an end")
	}
	before := k.Kernel
	sent, err := k.sendfile(off, n, headers, nil, flags)
	if moved := int(k.Kernel - before); k.Local && moved > 0 && k.queued == 0 && k.fault(1) == 1 {
		k.queued = len(k.Peer) - moved + 1
	}
	return sent, err
}

// sendfile is the whole call, as it was recorded: headers and the file part, if
// there is one, then trailers. The headers stay behind if there is none; the
// trailers go in any case, as many bytes of them as fit.
func (k FreeBSD) sendfile(off, n int64, headers, trailers [][]byte, flags int) (int64, error) {
	k.enter()
	if off < 0 {
		return 0, k.leave(syscall.EINVAL) // sbytes untouched
	}
	switch {
	case k.unreadable():
		return k.undefined(n), k.deny(syscall.EINVAL)
	case k.refuses():
		return k.undefined(n), k.deny(k.Refusal)
	case k.MadeUp: // without a memory object
		return k.undefined(n), k.deny(syscall.EINVAL)
	}
	var sent int64
	if file := k.part(off, n); file > 0 {
		var err syscall.Errno
		sent, err = k.outcome(length(headers)+file, k.ends(flags)...)
		h := k.deliver(sent, headers...)
		k.deliverFile(off, sent-h)
		k.moved(sent)
		switch err {
		case 0:
			k.Denied = k.Denied || sent == h
			if sent < length(headers)+file {
				return sent, k.leave(0)
			}
		case syscall.EBUSY:
			return sent, k.deny(err)
		default:
			return sent, k.leave(err)
		}
	}
	k.Denied = k.Denied || sent == 0
	t, err := k.trailer(trailers)
	return sent + t, k.leave(err)
}

// ends is what may end a call in the middle. The 0 is success, seen with tiny
// buffers of Unix sockets.
func (k FreeBSD) ends(flags int) []syscall.Errno {
	errs := []syscall.Errno{syscall.EAGAIN, syscall.EINTR, 0}
	if flags&sfNoDiskIO != 0 {
		errs = append(errs, syscall.EBUSY)
	}
	if k.Fatal != 0 {
		errs = append(errs, k.Fatal)
	}
	return errs
}

// DragonFly is FreeBSD's call without flags.
type DragonFly struct{ FreeBSD }

// NewDragonFly makes a model on w.
func NewDragonFly(w *World) DragonFly { return DragonFly{NewFreeBSD(w)} }

// Sendfile is FreeBSD's.
func (k DragonFly) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	if flags != 0 {
		return k.undefined(n), k.deny(syscall.EINVAL)
	}
	return k.sendfile(off, n, headers, nil, 0)
}

// trailer is the write of trailers behind a file part: what does not fit is cut
// without an error, unless nothing fits.
func (w *World) trailer(bufs [][]byte) (int64, syscall.Errno) {
	t := length(bufs)
	if c := int64(w.fault(int(t))); c > 0 {
		t = c - 1
		if t == 0 {
			return 0, syscall.EAGAIN
		}
	}
	return w.deliver(t, bufs...), 0
}

// Darwin is sendfile(2) of macOS: n counts the headers too.
type Darwin struct{ base }

// NewDarwin makes a model on w.
func NewDarwin(w *World) Darwin { return Darwin{base{w}} }

// Sendfile sends headers, of which a part may be lost, then file bytes up to n
// in all, and returns what left on every path.
func (k Darwin) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	k.enter()
	switch {
	case flags != 0, headers != nil && len(headers) == 0, off < 0:
		return 0, k.leave(syscall.EINVAL)
	case k.unreadable():
		return 0, k.deny(syscall.ENOTSUP)
	case k.refuses():
		return 0, k.deny(k.Refusal)
	}
	hlen := length(headers)
	sent, _ := k.outcome(hlen, 0) // short, and nobody looks
	k.deliver(sent, headers...)
	var file int64
	if n == 0 || n > hlen {
		file = k.part(off, max(n-hlen, 0))
	}
	errs := []syscall.Errno{syscall.EAGAIN, syscall.EINTR}
	if k.Fatal != 0 {
		errs = append(errs, k.Fatal)
	}
	f, err := int64(0), syscall.Errno(0)
	if file > 0 {
		f, err = k.outcome(file, errs...)
	}
	k.deliverFile(off, f)
	sent += f
	k.moved(sent)
	k.Denied = k.Denied || file == 0
	return sent, k.leave(err)
}

// Solaris is sendfile(3EXT) of illumos and Solaris, its count taken from the offset.
type Solaris struct{ base }

// NewSolaris makes a model on w.
func NewSolaris(w *World) Solaris { return Solaris{base{w}} }

// Sendfile sends up to n bytes, and may say EINVAL after having done so if
// the file had fewer.
func (k Solaris) Sendfile(off, n int64, headers [][]byte, flags int) (int64, error) {
	k.enter()
	if k.unreadable() {
		return 0, k.deny(syscall.EINVAL)
	}
	if k.refuses() {
		return k.undefined(n), k.deny(k.Refusal)
	}
	have := k.part(off, n)
	errs := []syscall.Errno{syscall.EAGAIN, syscall.EINTR}
	if have < n {
		errs = append(errs, syscall.EINVAL)
	}
	if k.Fatal != 0 {
		errs = append(errs, k.Fatal)
	}
	sent, err := k.outcome(have, errs...)
	k.deliverFile(off, sent)
	k.moved(sent)
	k.Denied = k.Denied || have == 0 || err == syscall.EINVAL
	return sent, k.leave(err)
}

// Plain is a system without sendfile.
type Plain struct{ base }

// NewPlain makes a model on w.
func NewPlain(w *World) Plain { return Plain{base{w}} }

// Sendfile must not be called.
func (Plain) Sendfile(int64, int64, [][]byte, int) (int64, error) {
	panic("kernelmodel: this system has no sendfile")
}

func length(bufs [][]byte) (n int64) {
	for _, b := range bufs {
		n += int64(len(b))
	}
	return n
}
