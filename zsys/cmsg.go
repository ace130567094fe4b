package zsys

import "unsafe"

// cmsgAlign is what pieces of ancillary data are aligned to.
const cmsgAlign = int(unsafe.Sizeof(uintptr(0)))

func cmsgRound(n int) int { return (n + cmsgAlign - 1) &^ (cmsgAlign - 1) }

// CmsgLen is what Len of a [Cmsghdr] is with n bytes of data behind it: C's
// CMSG_LEN.
func CmsgLen(n int) int { return cmsgRound(int(unsafe.Sizeof(Cmsghdr{}))) + n }

// CmsgSpace is how many bytes a piece of ancillary data with n bytes of data takes:
// C's CMSG_SPACE.
func CmsgSpace(n int) int { return CmsgLen(0) + cmsgRound(n) }

// NextCmsg cuts the first piece off ancillary data, as Recvmsg stores it: its
// header, its data, and what follows. The header is nil when there is no whole
// piece left. Data and rest share their memory with b.
func NextCmsg(b []byte) (h *Cmsghdr, data, rest []byte) {
	if len(b) < CmsgLen(0) {
		return nil, nil, nil
	}
	h = new(Cmsghdr)
	copy(Bytes(h), b)
	if n := int(h.Len); n < CmsgLen(0) || n > len(b) {
		return nil, nil, nil
	}
	return h, b[CmsgLen(0):h.Len], b[min(len(b), cmsgRound(int(h.Len))):]
}

// AppendCmsg appends a piece of ancillary data to b, for Sendmsg.
func AppendCmsg(b []byte, level, kind int32, data []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, CmsgSpace(len(data)))...)
	h := Cmsghdr{Len: uint32(CmsgLen(len(data))), Level: level, Type: kind}
	copy(b[start:], Bytes(&h))
	copy(b[start+CmsgLen(0):], data)
	return b
}
