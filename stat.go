package rawsys

import (
	"io/fs"
	"time"

	"github.com/rawsys-go/rawsys/internal/filestat"
	"github.com/rawsys-go/rawsys/zsys"
)

// FileStat is what FreeBSD knows about a file: struct stat of stat(2). Its fields
// have the names that zsys.Stat gives them. Size is in bytes. Blocks counts units of
// 512 bytes, and pages of memory for shared memory.
//
// A *zsys.Stat converts to a *FileStat and back. The type and its methods are on
// every system, also to read what a FreeBSD system wrote.
type FileStat zsys.Stat

// FileMode returns the type and permissions of the file in the form of package os.
// For whiteouts, which io/fs does not know, and descriptors without a type it returns
// the permissions alone.
func (st *FileStat) FileMode() fs.FileMode { return filestat.FileMode(uint16(st.Mode)) }

// FlagNames returns the names of the bits in Flags, which chflags(1) sets, in the
// form that strtofflags(3) takes: "uarch,nodump". It is "" if no bit is set. Bits
// without a name follow as one hexadecimal number.
func (st *FileStat) FlagNames() string { return filestat.FlagNames(uint32(st.Flags)) }

// IsNamedAttr reports whether the file is a named attribute or the directory
// that holds them: SFBSD_NAMEDATTR in st_bsdflags, since FreeBSD 15.0.
func (st *FileStat) IsNamedAttr() bool { return st.Bsdflags&zsys.SFBSD_NAMEDATTR != 0 }

// ATime returns when the file was last read, in the local time zone.
func (st *FileStat) ATime() time.Time { return st.times().Access.Go() }

// MTime returns when the file was last written, in the local time zone.
func (st *FileStat) MTime() time.Time { return st.times().Mod.Go() }

// CTime returns when the file or its attributes, such as owner and mode, were last
// changed, in the local time zone.
func (st *FileStat) CTime() time.Time { return st.times().Change.Go() }

// BirthTime returns when the file was created, in the local time zone, or the zero
// Time if its file system does not record that. Some file systems, such as UFS, move
// it back when the file's MTime is set to an earlier time.
func (st *FileStat) BirthTime() time.Time { return st.times().Created() }

// ATimespec returns ATime in seconds and nanoseconds since 1970: the field Atim,
// extended on 386 by the upper half of the seconds in AtimExt. An amd64 kernel that
// runs a 386 program leaves AtimExt 0: a time past 2038 is then 2^32 seconds, some
// 136 years, too early, so that a file of 2106 reads as one of 1970.
func (st *FileStat) ATimespec() (sec, nsec int64) { return st.times().Access.Unix() }

// MTimespec returns MTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) MTimespec() (sec, nsec int64) { return st.times().Mod.Unix() }

// CTimespec returns CTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime.
func (st *FileStat) CTimespec() (sec, nsec int64) { return st.times().Change.Unix() }

// BirthTimespec returns BirthTime in seconds and nanoseconds since 1970, as
// [FileStat.ATimespec] does for ATime. It is -1, 0 if the file system does not
// record that.
func (st *FileStat) BirthTimespec() (sec, nsec int64) { return st.times().Birth.Unix() }

func (st *FileStat) times() filestat.Times { return filestat.TimesOf((*zsys.Stat)(st)) }
