//go:build amd64 || arm64 || riscv64

package main

import (
	"fmt"
	"net/netip"
	"syscall"
	"unsafe"
)

const loopback = "lo0"

// iow returns the request that hands an argument to the kernel, as sys/ioccom.h
// builds it for group 'i'.
func iow(number, size uintptr) uintptr {
	const in = 0x80000000
	return in | size<<16 | 'i'<<8 | number
}

// iowr returns the request whose argument goes both ways.
func iowr(number, size uintptr) uintptr {
	const out = 0x40000000
	return out | iow(number, size)
}

// interfaceFlags is struct ifreq for SIOCGIFFLAGS and SIOCSIFFLAGS.
type interfaceFlags struct {
	name  [syscall.IFNAMSIZ]byte
	flags uint16
	_     [14]byte
}

// alias4 is struct in_aliasreq.
type alias4 struct {
	name             [syscall.IFNAMSIZ]byte
	addr, peer, mask syscall.RawSockaddrInet4
	vhid             int32
}

// alias6 is struct in6_aliasreq.
type alias6 struct {
	name             [syscall.IFNAMSIZ]byte
	addr, peer, mask syscall.RawSockaddrInet6
	flags            int32
	expire, prefer   int64
	valid, preferred uint32
	vhid             int32
	_                int32
}

// forever is the life time of an address that does not expire.
const forever = 0xffffffff

// loopbackUp brings the loopback interface up with 127.0.0.1 and ::1.
func loopbackUp() error {
	var up interfaceFlags
	copy(up.name[:], loopback)
	if err := control(syscall.AF_INET, iowr(17, unsafe.Sizeof(up)), unsafe.Pointer(&up)); err != nil {
		return fmt.Errorf("flags: %w", err)
	}
	up.flags |= syscall.IFF_UP
	if err := control(syscall.AF_INET, iow(16, unsafe.Sizeof(up)), unsafe.Pointer(&up)); err != nil {
		return fmt.Errorf("up: %w", err)
	}
	v4 := alias4{addr: inet4("127.0.0.1"), mask: inet4("255.0.0.0")}
	copy(v4.name[:], loopback)
	if err := control(syscall.AF_INET, iow(43, unsafe.Sizeof(v4)), unsafe.Pointer(&v4)); err != nil {
		return fmt.Errorf("127.0.0.1: %w", err)
	}
	v6 := alias6{
		addr: inet6("::1"), mask: inet6("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
		valid: forever, preferred: forever,
	}
	copy(v6.name[:], loopback)
	err := control(syscall.AF_INET6, iow(27, unsafe.Sizeof(v6)), unsafe.Pointer(&v6))
	if err != nil && err != syscall.EEXIST { // the kernel adds ::1 by itself when it can
		return fmt.Errorf("::1: %w", err)
	}
	return nil
}

// control makes an ioctl on a socket of the given family.
func control(family int, request uintptr, arg unsafe.Pointer) error {
	fd, err := syscall.Socket(family, syscall.SOCK_DGRAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	return ioctl(fd, request, arg)
}

func inet4(s string) syscall.RawSockaddrInet4 {
	return syscall.RawSockaddrInet4{
		Len: syscall.SizeofSockaddrInet4, Family: syscall.AF_INET, Addr: netip.MustParseAddr(s).As4(),
	}
}

func inet6(s string) syscall.RawSockaddrInet6 {
	return syscall.RawSockaddrInet6{
		Len: syscall.SizeofSockaddrInet6, Family: syscall.AF_INET6, Addr: netip.MustParseAddr(s).As16(),
	}
}
