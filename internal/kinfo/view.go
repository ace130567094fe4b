package kinfo

import (
	"slices"

	"github.com/rawsys-go/rawsys/zsys"
)

// Valid reports whether the kernel could fill in the record. It could not for
// a file whose file system is gone, for one.
func Valid(k *zsys.KinfoFile) bool { return k.Status&zsys.KF_ATTR_VALID != 0 }

// view is the union's member for a valid record of one of the types, else nil.
func view[T any](k *zsys.KinfoFile, member *T, types ...zsys.KfType) (*T, bool) {
	if Valid(k) && slices.Contains(types, k.Type) {
		return member, true
	}
	return nil, false
}

// The views: the union's member that belongs to the record's type, in the
// record itself, and whether the record is of that type and valid. Shared memory
// has no member of its own, it uses the file's.

func Sock(k *zsys.KinfoFile) (*zsys.KinfoFileSock, bool) {
	return view(k, k.Sock(), zsys.KF_TYPE_SOCKET)
}

func File(k *zsys.KinfoFile) (*zsys.KinfoFileFile, bool) {
	return view(k, k.File(), zsys.KF_TYPE_VNODE, zsys.KF_TYPE_FIFO, zsys.KF_TYPE_DEV)
}

func Shm(k *zsys.KinfoFile) (*zsys.KinfoFileFile, bool)  { return view(k, k.File(), zsys.KF_TYPE_SHM) }
func Pipe(k *zsys.KinfoFile) (*zsys.KinfoFilePipe, bool) { return view(k, k.Pipe(), zsys.KF_TYPE_PIPE) }
func Pts(k *zsys.KinfoFile) (*zsys.KinfoFilePts, bool)   { return view(k, k.Pts(), zsys.KF_TYPE_PTS) }
func Sem(k *zsys.KinfoFile) (*zsys.KinfoFileSem, bool)   { return view(k, k.Sem(), zsys.KF_TYPE_SEM) }

func Kqueue(k *zsys.KinfoFile) (*zsys.KinfoFileKqueue, bool) {
	return view(k, k.Kqueue(), zsys.KF_TYPE_KQUEUE)
}

func Procdesc(k *zsys.KinfoFile) (*zsys.KinfoFileProc, bool) {
	return view(k, k.Proc(), zsys.KF_TYPE_PROCDESC)
}

func Eventfd(k *zsys.KinfoFile) (*zsys.KinfoFileEventfd, bool) {
	return view(k, k.Eventfd(), zsys.KF_TYPE_EVENTFD)
}

func Timerfd(k *zsys.KinfoFile) (*zsys.KinfoFileTimerfd, bool) {
	return view(k, k.Timerfd(), zsys.KF_TYPE_TIMERFD)
}

func Inotify(k *zsys.KinfoFile) (*zsys.KinfoFileInotify, bool) {
	return view(k, k.Inotify(), zsys.KF_TYPE_INOTIFY)
}

func Jail(k *zsys.KinfoFile) (*zsys.KinfoFileJail, bool) {
	return view(k, k.Jail(), zsys.KF_TYPE_JAILDESC)
}

// Mqueue reports whether the record is a message queue, of which the kernel
// tells nothing else.
func Mqueue(k *zsys.KinfoFile) bool { return Valid(k) && k.Type == zsys.KF_TYPE_MQUEUE }
