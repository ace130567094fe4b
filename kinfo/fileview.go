package kinfo

import (
	"io/fs"
	"slices"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/zsys"
)

// view is the union's member for a valid record of one of the types, else nil.
func view[T any](f *File, member func(*zsys.KinfoFile) *T, types ...zsys.KfType) (*T, bool) {
	if f.Valid() && slices.Contains(types, f.Type) {
		return member((*zsys.KinfoFile)(f)), true
	}
	return nil, false
}

// Socket returns the view of a socket, KF_TYPE_SOCKET. Like all views it points
// into f, and the second result says whether f is of its kind and [File.Valid].
func (f *File) Socket() (FileSocket, bool) {
	s, ok := view(f, (*zsys.KinfoFile).Sock, zsys.KF_TYPE_SOCKET)
	return FileSocket{s}, ok
}

// Vnode returns the view of a file in a file system: of KF_TYPE_VNODE, which
// includes directories and devices, of KF_TYPE_FIFO, and of KF_TYPE_DEV, about
// which the kernel says nothing, so that all fields are zero.
func (f *File) Vnode() (FileVnode, bool) {
	v, ok := view(f, (*zsys.KinfoFile).File, zsys.KF_TYPE_VNODE, zsys.KF_TYPE_FIFO, zsys.KF_TYPE_DEV)
	return FileVnode{v}, ok
}

// Shm returns the view of a shared memory object, KF_TYPE_SHM. Only its Mode and
// Size are set.
func (f *File) Shm() (FileVnode, bool) {
	v, ok := view(f, (*zsys.KinfoFile).File, zsys.KF_TYPE_SHM)
	return FileVnode{v}, ok
}

// FileVnode is the view of a file in a file system, or of shared memory.
type FileVnode struct{ *zsys.KinfoFileFile }

// FileMode returns the file's type and permissions as package os does.
func (v FileVnode) FileMode() fs.FileMode { return filestat.FileMode(v.Mode) }

// Pipe returns the view of one end of a pipe, KF_TYPE_PIPE. BufferCnt is the
// number of bytes to be read at this end. Addr identifies it, and Peer the other
// end, whose own Addr and Peer are the reverse.
//
// BufferCnt is 0 while a writer waits in write(2) with 8192 bytes or more: the
// kernel then lends the writer's own memory to the reader instead of filling the
// buffer. So 0 does not prove that there is nothing to read.
func (f *File) Pipe() (*zsys.KinfoFilePipe, bool) {
	return view(f, (*zsys.KinfoFile).Pipe, zsys.KF_TYPE_PIPE)
}

// Pts returns the view of the master of a pseudo terminal, KF_TYPE_PTS: its device
// number. The slave is a file, KF_TYPE_VNODE.
func (f *File) Pts() (*zsys.KinfoFilePts, bool) {
	return view(f, (*zsys.KinfoFile).Pts, zsys.KF_TYPE_PTS)
}

// Sem returns the view of a POSIX semaphore, KF_TYPE_SEM: its value and mode.
func (f *File) Sem() (*zsys.KinfoFileSem, bool) {
	return view(f, (*zsys.KinfoFile).Sem, zsys.KF_TYPE_SEM)
}

// Mqueue reports whether f is a POSIX message queue, KF_TYPE_MQUEUE, and
// [File.Valid]. The kernel says nothing more, so there is no view.
func (f *File) Mqueue() bool { return f.Valid() && f.Type == zsys.KF_TYPE_MQUEUE }

// Kqueue returns the view of a kqueue(2), KF_TYPE_KQUEUE. Its fields are set since
// FreeBSD 15.0 and zero before. Count is the number of events that are ready, not
// of those that are registered.
func (f *File) Kqueue() (*zsys.KinfoFileKqueue, bool) {
	return view(f, (*zsys.KinfoFile).Kqueue, zsys.KF_TYPE_KQUEUE)
}

// Procdesc returns the view of a process descriptor, KF_TYPE_PROCDESC: the number
// of the process.
func (f *File) Procdesc() (*zsys.KinfoFileProc, bool) {
	return view(f, (*zsys.KinfoFile).Proc, zsys.KF_TYPE_PROCDESC)
}

// Eventfd returns the view of an eventfd(2), KF_TYPE_EVENTFD, since FreeBSD 13.0.
// Its Flags are zsys.EFD_ constants.
func (f *File) Eventfd() (*zsys.KinfoFileEventfd, bool) {
	return view(f, (*zsys.KinfoFile).Eventfd, zsys.KF_TYPE_EVENTFD)
}

// Timerfd returns the view of a timerfd(2), KF_TYPE_TIMERFD, since FreeBSD 14.0.
// Its Flags are zsys.TFD_ constants, and Clockid is a zsys.CLOCK_ constant.
func (f *File) Timerfd() (*zsys.KinfoFileTimerfd, bool) {
	return view(f, (*zsys.KinfoFile).Timerfd, zsys.KF_TYPE_TIMERFD)
}

// Inotify returns the view of an inotify(2) descriptor, KF_TYPE_INOTIFY, since
// FreeBSD 15.0: how many events wait to be read, and their length in bytes.
func (f *File) Inotify() (*zsys.KinfoFileInotify, bool) {
	return view(f, (*zsys.KinfoFile).Inotify, zsys.KF_TYPE_INOTIFY)
}

// Jail returns the view of a jail descriptor, KF_TYPE_JAILDESC, since FreeBSD
// 15.0: the number of the jail, or 0 if the jail is gone.
func (f *File) Jail() (*zsys.KinfoFileJail, bool) {
	return view(f, (*zsys.KinfoFile).Jail, zsys.KF_TYPE_JAILDESC)
}
