package kinfo

import (
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// Where the fields of SCTP's structures lie, which are the same on every port.

// struct xsctp_inpcb
const (
	sctpInSize     = int(unsafe.Sizeof(zsys.XsctpInpcb{}))
	sctpInLast     = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Last))
	sctpInFlags    = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Flags))
	sctpInFeatures = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Features))
	sctpInSent     = int(unsafe.Offsetof(zsys.XsctpInpcb{}.TotalSends))
	sctpInRecvd    = int(unsafe.Offsetof(zsys.XsctpInpcb{}.TotalRecvs))
	sctpInNoSpace  = int(unsafe.Offsetof(zsys.XsctpInpcb{}.TotalNospaces))
	sctpInFragment = int(unsafe.Offsetof(zsys.XsctpInpcb{}.FragmentationPoint))
	sctpInPort     = int(unsafe.Offsetof(zsys.XsctpInpcb{}.LocalPort))
	sctpInSocket   = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Socket))
	sctpInQlen     = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Qlen))
	sctpInMaxqlen  = int(unsafe.Offsetof(zsys.XsctpInpcb{}.Maxqlen))
)

// struct xsctp_tcb, which begins with the primary address
const (
	sctpTcbSize      = int(unsafe.Sizeof(zsys.XsctpTcb{}))
	sctpTcbLast      = int(unsafe.Offsetof(zsys.XsctpTcb{}.Last))
	sctpTcbHeartbeat = int(unsafe.Offsetof(zsys.XsctpTcb{}.HeartbeatInterval))
	sctpTcbState     = int(unsafe.Offsetof(zsys.XsctpTcb{}.State))
	sctpTcbIn        = int(unsafe.Offsetof(zsys.XsctpTcb{}.InStreams))
	sctpTcbOut       = int(unsafe.Offsetof(zsys.XsctpTcb{}.OutStreams))
	sctpTcbErrors    = int(unsafe.Offsetof(zsys.XsctpTcb{}.MaxNrRetrans)) // named after what the kernel does not put there
	sctpTcbT1        = int(unsafe.Offsetof(zsys.XsctpTcb{}.T1Expireries))
	sctpTcbT2        = int(unsafe.Offsetof(zsys.XsctpTcb{}.T2Expireries))
	sctpTcbRetrans   = int(unsafe.Offsetof(zsys.XsctpTcb{}.RetransmittedTsns))
	sctpTcbSent      = int(unsafe.Offsetof(zsys.XsctpTcb{}.TotalSends))
	sctpTcbRecvd     = int(unsafe.Offsetof(zsys.XsctpTcb{}.TotalRecvs))
	sctpTcbLocalTag  = int(unsafe.Offsetof(zsys.XsctpTcb{}.LocalTag))
	sctpTcbPeerTag   = int(unsafe.Offsetof(zsys.XsctpTcb{}.RemoteTag))
	sctpTcbInitial   = int(unsafe.Offsetof(zsys.XsctpTcb{}.InitialTsn))
	sctpTcbHighest   = int(unsafe.Offsetof(zsys.XsctpTcb{}.HighestTsn))
	sctpTcbAcked     = int(unsafe.Offsetof(zsys.XsctpTcb{}.CumulativeTsn))
	sctpTcbReceived  = int(unsafe.Offsetof(zsys.XsctpTcb{}.CumulativeTsnAck))
	sctpTcbMTU       = int(unsafe.Offsetof(zsys.XsctpTcb{}.Mtu))
	sctpTcbPeerPort  = int(unsafe.Offsetof(zsys.XsctpTcb{}.RemotePort))
	sctpTcbStart     = int(unsafe.Offsetof(zsys.XsctpTcb{}.StartTime))
	sctpTcbWindow    = int(unsafe.Offsetof(zsys.XsctpTcb{}.PeersRwnd))
	sctpTcbID        = int(unsafe.Offsetof(zsys.XsctpTcb{}.AssocId))
)

// struct xsctp_laddr and xsctp_raddr, which begin with the address
const (
	sctpLaddrSize      = int(unsafe.Sizeof(zsys.XsctpLaddr{}))
	sctpAddrLast       = int(unsafe.Offsetof(zsys.XsctpLaddr{}.Last))
	sctpRaddrSize      = int(unsafe.Sizeof(zsys.XsctpRaddr{}))
	sctpPathRTO        = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Rto))
	sctpPathMax        = int(unsafe.Offsetof(zsys.XsctpRaddr{}.MaxPathRtx))
	sctpPathRetrans    = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Rtx))
	sctpPathErrors     = int(unsafe.Offsetof(zsys.XsctpRaddr{}.ErrorCounter))
	sctpPathCwnd       = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Cwnd))
	sctpPathFlight     = int(unsafe.Offsetof(zsys.XsctpRaddr{}.FlightSize))
	sctpPathMTU        = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Mtu))
	sctpPathHeartbeats = int(unsafe.Offsetof(zsys.XsctpRaddr{}.HeartbeatEnabled))
	sctpPathFailed     = int(unsafe.Offsetof(zsys.XsctpRaddr{}.PotentiallyFailed))
	sctpPathStart      = int(unsafe.Offsetof(zsys.XsctpRaddr{}.StartTime))
	sctpPathRTT        = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Rtt))
	sctpPathInterval   = int(unsafe.Offsetof(zsys.XsctpRaddr{}.HeartbeatInterval))
	sctpPathSsthresh   = int(unsafe.Offsetof(zsys.XsctpRaddr{}.Ssthresh))
	sctpPathPort       = int(unsafe.Offsetof(zsys.XsctpRaddr{}.EncapsPort))
	sctpPathState      = int(unsafe.Offsetof(zsys.XsctpRaddr{}.State))
)
