package filestat

import (
	"archive/tar"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io/fs"
	"os"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// recording is an fstat(2) call that a FreeBSD 15.0 kernel answered. The
// process had given the file the times, size and owners that are here.
type recording struct {
	Label string
	Raw   []byte // 256 bytes, the structure and what was behind it
	Size  *int64
	Uid   uint32
	Gid   uint32
	Nlink uint64
}

// recordings reads those of a process whose struct stat has this host's
// layout.
func recordings(t *testing.T) (list []recording) {
	name := "testdata/fstat-amd64.jsonl"
	if unsafe.Sizeof(zsys.Stat{}) == 208 {
		name = "testdata/fstat-386.jsonl"
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var r recording
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	return list
}

// stat loads the recorded bytes: as the kernel would have written them, or
// field by field where integers are big-endian.
func (r *recording) stat(t *testing.T) *zsys.Stat {
	var st zsys.Stat
	if binary.NativeEndian.Uint16([]byte{0, 1}) == 1 {
		if _, err := binary.Decode(r.Raw, binary.LittleEndian, &st); err != nil {
			t.Fatal(err)
		}
		return &st
	}
	copy((*[unsafe.Sizeof(st)]byte)(unsafe.Pointer(&st))[:], r.Raw)
	return &st
}

func TestRecordings(t *testing.T) {
	modes := map[string]fs.FileMode{
		"regular file":         0o640,
		"early and late times": 0o640,
		"directory":            fs.ModeDir | 0o777,
		"character device":     fs.ModeDevice | fs.ModeCharDevice | 0o666,
		"pipe":                 fs.ModeNamedPipe,
		"socket":               fs.ModeSocket | 0o666,
		"shm":                  0, // without fchmod(2)
		"kqueue":               fs.ModeNamedPipe,
	}
	list := recordings(t)
	if len(list) != len(modes) {
		t.Errorf("%d recordings, want %d", len(list), len(modes))
	}
	for _, r := range list {
		st := r.stat(t)
		if got, want := FileMode(uint16(st.Mode)), modes[r.Label]; got != want {
			t.Errorf("%s: mode %v, want %v", r.Label, got, want)
		}
		if r.Size != nil && int64(st.Size) != *r.Size {
			t.Errorf("%s: size %d, want %d", r.Label, st.Size, *r.Size)
		}
		if r.Nlink != 0 && (st.Nlink != r.Nlink || st.Uid != r.Uid || st.Gid != r.Gid) {
			t.Errorf("%s: links %d, owner %d, group %d; want %d, %d, %d", r.Label, st.Nlink, st.Uid, st.Gid, r.Nlink, r.Uid, r.Gid)
		}
	}
}

func TestRecordedTimes(t *testing.T) {
	// utimensat(2) sets a creation time back that is after the last write.
	earlier := Time{987654321, 654321000}
	want := map[string]Times{
		"regular file":         {Access: Time{1234567890, 123456000}, Mod: earlier, Birth: earlier},
		"early and late times": {Access: Time{-86400, 500}, Mod: Time{1<<31 - 2, 999999999}, Birth: earlier},
	}
	found := 0
	for _, r := range recordings(t) {
		got := TimesOf(r.stat(t))
		switch w, ok := want[r.Label]; {
		case ok:
			found++
			w.Change = got.Change // when the recording was made
			if got != w || got.Change.Go().Year() < 2026 {
				t.Errorf("%s: times %+v, want %+v", r.Label, got, w)
			}
			if sec, nsec := got.Birth.Unix(); !got.Created().Equal(time.Unix(sec, nsec)) {
				t.Errorf("%s: created %v, want %v", r.Label, got.Created(), got.Birth)
			}
		case r.Label == "character device": // on a file system without creation times
			if !got.Created().IsZero() {
				t.Errorf("%s: created %v", r.Label, got.Created())
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d recordings found", found, len(want))
	}
}

// archive/tar reads the same bits, type and all, from a file's header.
func TestFileModeAsTar(t *testing.T) {
	for mode := range 1 << 16 {
		want := (&tar.Header{Mode: int64(mode)}).FileInfo().Mode()
		if got := FileMode(uint16(mode)); got != want {
			t.Errorf("mode %#o: %v, want %v", mode, got, want)
		}
	}
}

func TestExtend(t *testing.T) {
	for _, tt := range []struct {
		ext, sec int32
		want     int64
	}{
		{0, 0, 0},
		{0, 1<<31 - 1, 1<<31 - 1},
		{0, -86400, -86400}, // recorded
		{-1, -86400, -86400},
		{-1, 0, -1 << 32},
		{1, -1, 1<<33 - 1},
		{1, 0, 1 << 32},
		{1<<31 - 1, -1, 1<<63 - 1},
		{-1 << 31, 0, -1 << 63},
	} {
		if got := extend(tt.ext, tt.sec); got != tt.want {
			t.Errorf("extend(%d, %d) = %d, want %d", tt.ext, tt.sec, got, tt.want)
		}
	}
}

func TestFlagNames(t *testing.T) {
	for _, tt := range []struct {
		flags uint32
		want  string
	}{
		{0, ""},
		{zsys.UF_NODUMP, "nodump"},
		{zsys.SF_IMMUTABLE | zsys.UF_ARCHIVE, "schg,uarch"},
		{zsys.UF_HIDDEN | 0x20, "hidden,0x20"},
		{0x80000040, "0x80000040"},
		{0x00370000 | 0x9f9f, "sappnd,arch,schg,sunlnk,snapshot,uappnd,uarch,hidden,uchg,nodump,uunlnk,offline,opaque,rdonly,reparse,sparse,system"},
	} {
		if got := FlagNames(tt.flags); got != tt.want {
			t.Errorf("FlagNames(%#x) = %q, want %q", tt.flags, got, tt.want)
		}
	}
}
