// Package filestat says in Go's terms what FreeBSD's struct stat says in C's.
// It runs on every host.
package filestat

import (
	"io/fs"
	"strconv"
	"time"

	"github.com/rawsys-go/rawsys/zsys"
)

// FileMode converts a mode to io/fs's, exactly as package os does: a type that
// io/fs does not know, a whiteout's or 0, sets no type bit and so looks like a
// regular file.
func FileMode(mode uint16) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	switch mode & zsys.S_IFMT {
	case zsys.S_IFBLK:
		m |= fs.ModeDevice
	case zsys.S_IFCHR:
		m |= fs.ModeDevice | fs.ModeCharDevice
	case zsys.S_IFDIR:
		m |= fs.ModeDir
	case zsys.S_IFIFO:
		m |= fs.ModeNamedPipe
	case zsys.S_IFLNK:
		m |= fs.ModeSymlink
	case zsys.S_IFSOCK:
		m |= fs.ModeSocket
	}
	if mode&zsys.S_ISGID != 0 {
		m |= fs.ModeSetgid
	}
	if mode&zsys.S_ISUID != 0 {
		m |= fs.ModeSetuid
	}
	if mode&zsys.S_ISVTX != 0 {
		m |= fs.ModeSticky
	}
	return m
}

// Time is a time in seconds since 1970 and nanoseconds.
type Time struct{ sec, nsec int64 }

// Unix returns t's parts.
func (t Time) Unix() (sec, nsec int64) { return t.sec, t.nsec }

// Go returns t in the local time zone, as package os does.
func (t Time) Go() time.Time { return time.Unix(t.sec, t.nsec) }

// Times are when a file was last read, last written, last changed in any way,
// and created.
type Times struct{ Access, Mod, Change, Birth Time }

// Created returns the creation time, or the zero Time if there is none: for
// file systems that keep none the kernel writes a second before 1970.
func (t Times) Created() time.Time {
	if t.Birth == (Time{-1, 0}) {
		return time.Time{}
	}
	return t.Birth.Go()
}

// extend joins the seconds of a 32-bit time_t with the upper half that
// struct stat has beside it on 386. FreeBSD 15.0 leaves it 0 for times before
// 1970 too, so 0 means that sec is the time, sign and all.
func extend(ext, sec int32) int64 {
	if ext == 0 {
		return int64(sec)
	}
	return int64(ext)<<32 | int64(uint32(sec))
}

// flagNames are chflags(1)'s, in the order in which ls(1) prints them. A bit
// has one name here; chflags takes more.
var flagNames = [...]struct {
	bit  uint32
	name string
}{
	{zsys.SF_APPEND, "sappnd"},
	{zsys.SF_ARCHIVED, "arch"},
	{zsys.SF_IMMUTABLE, "schg"},
	{zsys.SF_NOUNLINK, "sunlnk"},
	{zsys.SF_SNAPSHOT, "snapshot"},
	{zsys.UF_APPEND, "uappnd"},
	{zsys.UF_ARCHIVE, "uarch"},
	{zsys.UF_HIDDEN, "hidden"},
	{zsys.UF_IMMUTABLE, "uchg"},
	{zsys.UF_NODUMP, "nodump"},
	{zsys.UF_NOUNLINK, "uunlnk"},
	{zsys.UF_OFFLINE, "offline"},
	{zsys.UF_OPAQUE, "opaque"},
	{zsys.UF_READONLY, "rdonly"},
	{zsys.UF_REPARSE, "reparse"},
	{zsys.UF_SPARSE, "sparse"},
	{zsys.UF_SYSTEM, "system"},
}

// FlagNames names the bits of st_flags, joined by commas as strtofflags(3)
// takes them; bits without a name follow as one hexadecimal number.
func FlagNames(flags uint32) string {
	var b []byte
	for _, f := range flagNames {
		if flags&f.bit != 0 {
			b = append(append(b, f.name...), ',')
			flags &^= f.bit
		}
	}
	if flags != 0 {
		b = append(strconv.AppendUint(append(b, "0x"...), uint64(flags), 16), ',')
	}
	return string(b[:max(len(b)-1, 0)])
}
