package rawsys

import (
	"io/fs"
	"net/netip"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/internal/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// Valid reports whether the kernel could fill in the record: KF_ATTR_VALID in
// Status. It cannot when the file's own file system fails. A record that is not
// valid has no views.
func (k *KinfoFile) Valid() bool { return kinfo.Valid(k.zsys()) }

// PseudoFd tells how a process uses a file that it has no descriptor for, which
// shows as a negative Fd: as its working directory (KF_FD_TYPE_CWD), root directory
// (ROOT), jail's root directory (JAIL), program (TEXT), controlling terminal
// (CTTY), or as the file that ktrace(1) writes to (TRACE). For a descriptor it
// returns false.
func (k *KinfoFile) PseudoFd() (zsys.KfFdType, bool) { return zsys.KfFdType(k.Fd), k.Fd < 0 }

// PathString returns the path of the file, or what the kernel has in its place:
// the name of the domain for a socket ("internet", "local"), "pts/N" for the master
// of a pseudo terminal, and the name of shared memory or a semaphore that has one.
// It is empty for other kinds, for deleted files, and for paths of 1024 bytes or
// more. If a file has several names, it may not be the one that it was opened by.
// It need not be valid UTF-8.
func (k *KinfoFile) PathString() string { return string(k.PathBytes()) }

// PathBytes returns the bytes of [KinfoFile.PathString] without copying them: they
// are part of k.
func (k *KinfoFile) PathBytes() []byte { return kinfo.Path(k.zsys()) }

// Socket returns the view of a socket, KF_TYPE_SOCKET. Like all views it points
// into k, and the second result says whether k is of its kind and [KinfoFile.Valid].
func (k *KinfoFile) Socket() (KinfoSocket, bool) {
	s, ok := kinfo.Sock(k.zsys())
	return KinfoSocket{s}, ok
}

// File returns the view of a file in a file system: of KF_TYPE_VNODE, which
// includes directories and devices, of KF_TYPE_FIFO, and of KF_TYPE_DEV, about
// which the kernel says nothing, so that all fields are zero.
func (k *KinfoFile) File() (KinfoVnode, bool) {
	f, ok := kinfo.File(k.zsys())
	return KinfoVnode{f}, ok
}

// Shm returns the view of a shared memory object, KF_TYPE_SHM. Only its Mode and
// Size are set.
func (k *KinfoFile) Shm() (KinfoVnode, bool) {
	f, ok := kinfo.Shm(k.zsys())
	return KinfoVnode{f}, ok
}

// Pipe returns the view of one end of a pipe, KF_TYPE_PIPE. BufferCnt is the
// number of bytes to be read at this end. Addr identifies it, and Peer the other
// end, whose own Addr and Peer are the reverse.
func (k *KinfoFile) Pipe() (*zsys.KinfoFilePipe, bool) { return kinfo.Pipe(k.zsys()) }

// Pts returns the view of the master of a pseudo terminal, KF_TYPE_PTS: its device
// number. The slave is a file, KF_TYPE_VNODE.
func (k *KinfoFile) Pts() (*zsys.KinfoFilePts, bool) { return kinfo.Pts(k.zsys()) }

// Sem returns the view of a POSIX semaphore, KF_TYPE_SEM: its value and mode.
func (k *KinfoFile) Sem() (*zsys.KinfoFileSem, bool) { return kinfo.Sem(k.zsys()) }

// Mqueue reports whether k is a POSIX message queue, KF_TYPE_MQUEUE, and
// [KinfoFile.Valid]. The kernel says nothing more, so there is no view.
func (k *KinfoFile) Mqueue() bool { return kinfo.Mqueue(k.zsys()) }

// Kqueue returns the view of a kqueue(2), KF_TYPE_KQUEUE. Its fields are set since
// FreeBSD 15.0 and zero before. Count is the number of events that are ready, not
// of those that are registered.
func (k *KinfoFile) Kqueue() (*zsys.KinfoFileKqueue, bool) { return kinfo.Kqueue(k.zsys()) }

// Procdesc returns the view of a process descriptor, KF_TYPE_PROCDESC: the number
// of the process.
func (k *KinfoFile) Procdesc() (*zsys.KinfoFileProc, bool) { return kinfo.Procdesc(k.zsys()) }

// Eventfd returns the view of an eventfd(2), KF_TYPE_EVENTFD, since FreeBSD 13.0.
// Its Flags are zsys.EFD_ constants.
func (k *KinfoFile) Eventfd() (*zsys.KinfoFileEventfd, bool) { return kinfo.Eventfd(k.zsys()) }

// Timerfd returns the view of a timerfd(2), KF_TYPE_TIMERFD, since FreeBSD 14.0.
// Its Flags are zsys.TFD_ constants, and Clockid is a zsys.CLOCK_ constant.
func (k *KinfoFile) Timerfd() (*zsys.KinfoFileTimerfd, bool) { return kinfo.Timerfd(k.zsys()) }

// Inotify returns the view of an inotify(2) descriptor, KF_TYPE_INOTIFY, since
// FreeBSD 15.0: how many events wait to be read, and their length in bytes.
func (k *KinfoFile) Inotify() (*zsys.KinfoFileInotify, bool) { return kinfo.Inotify(k.zsys()) }

// Jail returns the view of a jail descriptor, KF_TYPE_JAILDESC, since FreeBSD
// 15.0: the number of the jail, or 0 if the jail is gone.
func (k *KinfoFile) Jail() (*zsys.KinfoFileJail, bool) { return kinfo.Jail(k.zsys()) }

func (k *KinfoFile) zsys() *zsys.KinfoFile { return (*zsys.KinfoFile)(k) }

// KinfoVnode is the view of a file in a file system, or of shared memory.
type KinfoVnode struct{ *zsys.KinfoFileFile }

// FileMode returns the file's type and permissions as package os does.
func (v KinfoVnode) FileMode() fs.FileMode { return filestat.FileMode(v.Mode) }

// KinfoSocket is the view of a socket. The embedded structure is what the kernel
// wrote; the methods return the part of it that can be trusted.
type KinfoSocket struct{ *zsys.KinfoFileSock }

// Domain returns the socket's address family, zsys.AF_*.
func (s KinfoSocket) Domain() int { return int(s.Domain0) }

// Type returns the kind of socket, zsys.SOCK_*.
func (s KinfoSocket) Type() int { return int(s.Type0) }

// Protocol returns the number of the protocol, such as 6 for TCP and 17 for UDP.
// It is 0 for raw sockets, whatever protocol they were opened with.
func (s KinfoSocket) Protocol() int { return int(s.Protocol0) }

// Local returns the socket's own address if its family is IPv4 or IPv6, and
// otherwise the invalid AddrPort. Address and port are zero if the socket is not
// bound. The zone of a scoped IPv6 address is the index of its interface.
func (s KinfoSocket) Local() netip.AddrPort { return kinfo.AddrPort(&s.SaLocal) }

// Peer returns the address that the socket is connected to, in the form of
// [KinfoSocket.Local], or the invalid AddrPort if it is not connected.
func (s KinfoSocket) Peer() netip.AddrPort { return kinfo.Peer(s.KinfoFileSock) }

// LocalPath returns the path that a Unix socket is bound to, or "".
func (s KinfoSocket) LocalPath() string { return string(kinfo.UnixPath(&s.SaLocal)) }

// PeerPath returns the path that the peer of a Unix socket is bound to, or
// "": most peers are not bound.
func (s KinfoSocket) PeerPath() string { return string(kinfo.UnixPath(&s.SaPeer)) }

// Connected reports whether the socket has a peer.
func (s KinfoSocket) Connected() bool { return kinfo.Connected(s.KinfoFileSock) }

// SendQueue returns how many bytes wait to be sent. It is 0 for a stream or
// seqpacket socket without a peer: such a socket may be listening, and then the
// kernel puts something else in its place.
func (s KinfoSocket) SendQueue() int { return s.ifBuffered(s.Sendq) }

// RecvQueue returns how many bytes wait to be read, and 0 in the cases of
// [KinfoSocket.SendQueue].
func (s KinfoSocket) RecvQueue() int { return s.ifBuffered(s.Recvq) }

// From sys/socketvar.h: states of a socket's buffers.
const (
	sbsCantSendMore = 0x0010
	sbsCantRcvMore  = 0x0020
	sbsRcvAtMark    = 0x0040
)

// CantSendMore reports whether the socket was shut down for writing or the
// connection is closed. It is false in the cases of [KinfoSocket.SendQueue].
func (s KinfoSocket) CantSendMore() bool {
	return s.ifBuffered(uint32(s.SndSbState))&sbsCantSendMore != 0
}

// CantRecvMore reports whether everything that the peer will send has arrived. It
// is false in the cases of [KinfoSocket.SendQueue].
func (s KinfoSocket) CantRecvMore() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsCantRcvMore != 0
}

// AtMark reports whether out-of-band data comes next. It is false in the cases of
// [KinfoSocket.SendQueue].
func (s KinfoSocket) AtMark() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsRcvAtMark != 0
}

func (s KinfoSocket) ifBuffered(v uint32) int {
	if !kinfo.Buffered(s.KinfoFileSock) {
		return 0
	}
	return int(v)
}
