package rawsys

import (
	"io/fs"
	"net/netip"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/internal/kinfo"
	"github.com/rawsys-go/rawsys/zsys"
)

// Valid reports whether the kernel could fill in the record: KF_ATTR_VALID in
// Status. It cannot if the file's own file system fails. No view is to be had of
// a record that is not valid.
func (k *KinfoFile) Valid() bool { return kinfo.Valid(k.zsys()) }

// PseudoFd names the use that a process makes of a file without a descriptor,
// for which Fd is negative: its working directory (KF_FD_TYPE_CWD), root directory
// (ROOT), jail's root (JAIL), program (TEXT), controlling terminal (CTTY), and the
// file that ktrace(1) writes to (TRACE). It is false for descriptors.
func (k *KinfoFile) PseudoFd() (zsys.KfFdType, bool) { return zsys.KfFdType(k.Fd), k.Fd < 0 }

// PathString returns the path of the file, or what stands in its place: the
// domain's name for sockets ("internet", "local"), "pts/N" for the master of a
// pseudo terminal, the name of shared memory and semaphores that have one. It
// is empty for other kinds, for files that were deleted, and for paths of
// 1024 bytes and more. Of a file with several names it may be another one than
// the file was opened by. It may be no UTF-8.
func (k *KinfoFile) PathString() string { return string(k.PathBytes()) }

// PathBytes returns the bytes of [KinfoFile.PathString] without a copy: they
// are a part of k.
func (k *KinfoFile) PathBytes() []byte { return kinfo.Path(k.zsys()) }

// Socket returns the view of a socket, KF_TYPE_SOCKET, in k's own memory.
func (k *KinfoFile) Socket() (KinfoSocket, bool) {
	s, ok := kinfo.Sock(k.zsys())
	return KinfoSocket{s}, ok
}

// File returns the view of a file in a file system, in k's own memory: of
// KF_TYPE_VNODE, which includes directories and devices, of KF_TYPE_FIFO, and of
// KF_TYPE_DEV, of which the kernel tells nothing: all is zero there.
func (k *KinfoFile) File() (KinfoVnode, bool) {
	f, ok := kinfo.File(k.zsys())
	return KinfoVnode{f}, ok
}

// Shm returns the view of a shared memory object, KF_TYPE_SHM, in k's own
// memory. Only Mode and Size are set.
func (k *KinfoFile) Shm() (KinfoVnode, bool) {
	f, ok := kinfo.Shm(k.zsys())
	return KinfoVnode{f}, ok
}

// Pipe returns the view of a pipe's end, KF_TYPE_PIPE, in k's own memory.
// BufferCnt counts the bytes to be read at this end, and Addr and Peer identify
// the two ends: they are each other's.
func (k *KinfoFile) Pipe() (*zsys.KinfoFilePipe, bool) { return kinfo.Pipe(k.zsys()) }

// Pts returns the view of the master of a pseudo terminal, KF_TYPE_PTS, in k's
// own memory: its device number. The slave is a file.
func (k *KinfoFile) Pts() (*zsys.KinfoFilePts, bool) { return kinfo.Pts(k.zsys()) }

// Sem returns the view of a POSIX semaphore, KF_TYPE_SEM, in k's own memory.
func (k *KinfoFile) Sem() (*zsys.KinfoFileSem, bool) { return kinfo.Sem(k.zsys()) }

// Mqueue reports whether this is a POSIX message queue, KF_TYPE_MQUEUE. That
// is all the kernel tells: there is nothing to view.
func (k *KinfoFile) Mqueue() bool { return kinfo.Mqueue(k.zsys()) }

// Kqueue returns the view of a kqueue(2), KF_TYPE_KQUEUE, in k's own memory,
// since FreeBSD 15.0: all is zero before. Count is that of the events that are
// ready, not of those registered.
func (k *KinfoFile) Kqueue() (*zsys.KinfoFileKqueue, bool) { return kinfo.Kqueue(k.zsys()) }

// Procdesc returns the view of a process's descriptor, KF_TYPE_PROCDESC, in
// k's own memory: the process's number.
func (k *KinfoFile) Procdesc() (*zsys.KinfoFileProc, bool) { return kinfo.Procdesc(k.zsys()) }

// Eventfd returns the view of an eventfd(2), KF_TYPE_EVENTFD, in k's own
// memory; since FreeBSD 13.0. Flags are zsys.EFD_*.
func (k *KinfoFile) Eventfd() (*zsys.KinfoFileEventfd, bool) { return kinfo.Eventfd(k.zsys()) }

// Timerfd returns the view of a timerfd(2), KF_TYPE_TIMERFD, in k's own
// memory; since FreeBSD 14.0. Flags are zsys.TFD_*, Clockid one of zsys.CLOCK_*.
func (k *KinfoFile) Timerfd() (*zsys.KinfoFileTimerfd, bool) { return kinfo.Timerfd(k.zsys()) }

// Inotify returns the view of an inotify(2) descriptor, KF_TYPE_INOTIFY, in
// k's own memory: how many events wait, and their length in bytes. Since FreeBSD
// 15.0.
func (k *KinfoFile) Inotify() (*zsys.KinfoFileInotify, bool) { return kinfo.Inotify(k.zsys()) }

// Jail returns the view of a jail's descriptor, KF_TYPE_JAILDESC, in k's own
// memory: the jail's number, 0 if the jail is gone. Since FreeBSD 15.0.
func (k *KinfoFile) Jail() (*zsys.KinfoFileJail, bool) { return kinfo.Jail(k.zsys()) }

func (k *KinfoFile) zsys() *zsys.KinfoFile { return (*zsys.KinfoFile)(k) }

// KinfoVnode is the view of a file in a file system, or of shared memory.
type KinfoVnode struct{ *zsys.KinfoFileFile }

// FileMode returns the file's type and permissions as package os does.
func (v KinfoVnode) FileMode() fs.FileMode { return filestat.FileMode(v.Mode) }

// KinfoSocket is the view of a socket. The embedded structure is what the
// kernel wrote; the methods are what of it can be believed.
type KinfoSocket struct{ *zsys.KinfoFileSock }

// Domain returns the socket's address family, zsys.AF_*.
func (s KinfoSocket) Domain() int { return int(s.Domain0) }

// Type returns the kind of socket, zsys.SOCK_*.
func (s KinfoSocket) Type() int { return int(s.Type0) }

// Protocol returns the protocol's number, 6 for TCP and 17 for UDP. It is 0
// for raw sockets, whatever they were opened with.
func (s KinfoSocket) Protocol() int { return int(s.Protocol0) }

// Local returns the address that the socket has, for the families IPv4 and
// IPv6, and else the invalid AddrPort. Address and port are zero for a socket
// that is not bound. The zone of a scoped IPv6 address is its interface's index.
func (s KinfoSocket) Local() netip.AddrPort { return kinfo.AddrPort(&s.SaLocal) }

// Peer returns the address that the socket is connected to, as Local does; the
// invalid AddrPort if it is not connected.
func (s KinfoSocket) Peer() netip.AddrPort { return kinfo.Peer(s.KinfoFileSock) }

// LocalPath returns the path that a Unix socket is bound to, or "".
func (s KinfoSocket) LocalPath() string { return string(kinfo.UnixPath(&s.SaLocal)) }

// PeerPath returns the path that the peer of a Unix socket is bound to, or
// "": most peers are not bound.
func (s KinfoSocket) PeerPath() string { return string(kinfo.UnixPath(&s.SaPeer)) }

// Connected reports whether the socket has a peer.
func (s KinfoSocket) Connected() bool { return kinfo.Connected(s.KinfoFileSock) }

// SendQueue returns how many bytes wait to leave, and RecvQueue how many wait
// to be read. Both are 0 for a socket of a connecting type without a peer: it
// may be listening, and then the kernel writes something else there.
func (s KinfoSocket) SendQueue() int { return s.ifBuffered(s.Sendq) }

// RecvQueue returns how many bytes wait to be read; see [KinfoSocket.SendQueue].
func (s KinfoSocket) RecvQueue() int { return s.ifBuffered(s.Recvq) }

// From sys/socketvar.h: states of a socket's buffers.
const (
	sbsCantSendMore = 0x0010
	sbsCantRcvMore  = 0x0020
	sbsRcvAtMark    = 0x0040
)

// CantSendMore reports whether the socket was shut down for writing, or the
// connection is closed; false as [KinfoSocket.SendQueue] is 0.
func (s KinfoSocket) CantSendMore() bool {
	return s.ifBuffered(uint32(s.SndSbState))&sbsCantSendMore != 0
}

// CantRecvMore reports whether all that the peer will send has arrived; false
// as [KinfoSocket.SendQueue] is 0.
func (s KinfoSocket) CantRecvMore() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsCantRcvMore != 0
}

// AtMark reports whether out-of-band data is next to be read; false as
// [KinfoSocket.SendQueue] is 0.
func (s KinfoSocket) AtMark() bool {
	return s.ifBuffered(uint32(s.RcvSbState))&sbsRcvAtMark != 0
}

func (s KinfoSocket) ifBuffered(v uint32) int {
	if !kinfo.Buffered(s.KinfoFileSock) {
		return 0
	}
	return int(v)
}
