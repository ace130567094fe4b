package kinfo

import (
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Where the fields of structures lie that are the same on every port, as zsys has
// and proves them. The decoders read bytes at these places, so that they serve
// hosts of either byte order.

// struct kinfo_vmentry
const (
	vmType       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Type))
	vmStart      = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Start))
	vmEnd        = int(unsafe.Offsetof(zsys.KinfoVmentry{}.End))
	vmOffset     = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Offset))
	vmFileid     = int(unsafe.Offsetof(zsys.KinfoVmentry{}.VnFileid))
	vmFlags      = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Flags))
	vmResident   = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Resident))
	vmPrivate    = int(unsafe.Offsetof(zsys.KinfoVmentry{}.PrivateResident))
	vmProtection = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Protection))
	vmReferences = int(unsafe.Offsetof(zsys.KinfoVmentry{}.RefCount))
	vmShadows    = int(unsafe.Offsetof(zsys.KinfoVmentry{}.ShadowCount))
	vmVnodeType  = int(unsafe.Offsetof(zsys.KinfoVmentry{}.VnType))
	vmSize       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.VnSize))
	vmMode       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.VnMode))
	vmSpec       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.TypeSpec))
	vmRdev       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.VnRdev))
	vmPath       = int(unsafe.Offsetof(zsys.KinfoVmentry{}.Path))
)

// struct xsocket, and struct xsockbuf in it
const (
	soSo       = int(unsafe.Offsetof(zsys.Xsocket{}.So))
	soPcb      = int(unsafe.Offsetof(zsys.Xsocket{}.Pcb))
	soProtocol = int(unsafe.Offsetof(zsys.Xsocket{}.Protocol))
	soFamily   = int(unsafe.Offsetof(zsys.Xsocket{}.Family))
	soQlen     = int(unsafe.Offsetof(zsys.Xsocket{}.Qlen))
	soIncqlen  = int(unsafe.Offsetof(zsys.Xsocket{}.Incqlen))
	soQlimit   = int(unsafe.Offsetof(zsys.Xsocket{}.Qlimit))
	soUid      = int(unsafe.Offsetof(zsys.Xsocket{}.Uid))
	soFibnum   = int(unsafe.Offsetof(zsys.Xsocket{}.Fibnum))
	soType     = int(unsafe.Offsetof(zsys.Xsocket{}.Type))
	soOptions  = int(unsafe.Offsetof(zsys.Xsocket{}.Options))
	soRcv      = int(unsafe.Offsetof(zsys.Xsocket{}.Rcv))
	soSnd      = int(unsafe.Offsetof(zsys.Xsocket{}.Snd))
	sbCc       = int(unsafe.Offsetof(zsys.Xsockbuf{}.Cc))
	sbHiwat    = int(unsafe.Offsetof(zsys.Xsockbuf{}.Hiwat))
)

// struct xinpcb, and struct xtcpcb around one. A kernel of 386 has what comes from
// inGencnt on four bytes before the place where kernels of 64 bits have it, also for
// their 32-bit programs: what is the kernel's, and not the program's, is no fact of
// the port that this is compiled for. See narrowKernel.
const (
	inSize    = int(unsafe.Sizeof(zsys.Xinpcb{}))
	inSocket  = int(unsafe.Offsetof(zsys.Xinpcb{}.Socket))
	inEnds    = int(unsafe.Offsetof(zsys.Xinpcb{}.Inc) + unsafe.Offsetof(zsys.InConninfo{}.Ie))
	inEndsEnd = inEnds + int(unsafe.Sizeof(zsys.InEndpoints{}))
	inGencnt  = (inEndsEnd + 7) &^ 7
	inVflag   = inGencnt + int(unsafe.Offsetof(zsys.Xinpcb{}.Vflag)-unsafe.Offsetof(zsys.Xinpcb{}.Gencnt))
	inProto   = inGencnt + int(unsafe.Offsetof(zsys.Xinpcb{}.IpP)-unsafe.Offsetof(zsys.Xinpcb{}.Gencnt))
	tcpSize   = int(unsafe.Sizeof(zsys.Xtcpcb{}))
	tcpInp    = int(unsafe.Offsetof(zsys.Xtcpcb{}.Inp))
	tcpState  = int(unsafe.Offsetof(zsys.Xtcpcb{}.State))
	tcpStack  = int(unsafe.Offsetof(zsys.Xtcpcb{}.Stack))
	tcpCc     = int(unsafe.Offsetof(zsys.Xtcpcb{}.Cc))
	endFport  = int(unsafe.Offsetof(zsys.InEndpoints{}.Fport))
	endLport  = int(unsafe.Offsetof(zsys.InEndpoints{}.Lport))
	endFaddr  = int(unsafe.Offsetof(zsys.InEndpoints{}.Faddr))
	endLaddr  = int(unsafe.Offsetof(zsys.InEndpoints{}.Laddr))
	endZoneid = int(unsafe.Offsetof(zsys.InEndpoints{}.Zoneid))
)

// struct xunpcb
const (
	unSize   = int(unsafe.Sizeof(zsys.Xunpcb{}))
	unUnpp   = int(unsafe.Offsetof(zsys.Xunpcb{}.Unpp))
	unVnode  = int(unsafe.Offsetof(zsys.Xunpcb{}.Vnode))
	unConn   = int(unsafe.Offsetof(zsys.Xunpcb{}.Conn))
	unGencnt = int(unsafe.Offsetof(zsys.Xunpcb{}.Gencnt))
	unAddr   = int(unsafe.Offsetof(zsys.Xunpcb{}.Un1))
	unCaddr  = int(unsafe.Offsetof(zsys.Xunpcb{}.Un2))
	unSocket = int(unsafe.Offsetof(zsys.Xunpcb{}.Socket))
)

// struct xinpgen, and struct xunpgen, whose generation lies elsewhere on 386
const (
	genSize   = int(unsafe.Sizeof(zsys.Xinpgen{}))
	genCount  = int(unsafe.Offsetof(zsys.Xinpgen{}.Count))
	genGen    = int(unsafe.Offsetof(zsys.Xinpgen{}.Gen))
	unGenSize = 32
)

// struct kinfo_kstack
const (
	stackSize  = int(unsafe.Sizeof(zsys.KinfoKstack{}))
	stackState = int(unsafe.Offsetof(zsys.KinfoKstack{}.State))
	stackTrace = int(unsafe.Offsetof(zsys.KinfoKstack{}.Trace))
)

// struct xfile
const (
	xfSize   = int(unsafe.Sizeof(zsys.Xfile{}))
	xfPid    = int(unsafe.Offsetof(zsys.Xfile{}.Pid))
	xfUid    = int(unsafe.Offsetof(zsys.Xfile{}.Uid))
	xfFd     = int(unsafe.Offsetof(zsys.Xfile{}.Fd))
	xfFile   = int(unsafe.Offsetof(zsys.Xfile{}.File))
	xfType   = int(unsafe.Offsetof(zsys.Xfile{}.Type))
	xfCount  = int(unsafe.Offsetof(zsys.Xfile{}.Count))
	xfOffset = int(unsafe.Offsetof(zsys.Xfile{}.Offset))
	xfData   = int(unsafe.Offsetof(zsys.Xfile{}.Data))
	xfVnode  = int(unsafe.Offsetof(zsys.Xfile{}.Vnode))
	xfFlag   = int(unsafe.Offsetof(zsys.Xfile{}.Flag))
)
