package recording

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// A port's recording is made on FreeBSD by
//
//	go test -run Replay -record . > FILE
//
// (with vmexec, too): the lines that begin with "recorded ARCH ", without that, gzipped.
var record = flag.Bool("record", false, "print what this kernel answers, as a recording")

// object is a recorded call: its arguments and what came of it.
type object map[string]any

func (o object) int(name string) int64 {
	n, err := o[name].(json.Number).Int64()
	if err != nil {
		panic(err)
	}
	return n
}

func (o object) text(name string) string { s, _ := o[name].(string); return s }

// replays make the recorded calls again. Each sets the members that are answers in
// what is a copy of the recording.
var replays = map[string]func(t *testing.T, call object){
	"copy_file_range": replayCopy, "copy_file_range_same_file": replaySameFile, "umtx_op": replayUmtx, "umtx_timeout": replayTimeout,
	"shm_open2": replayShm, "cap_rights_limit": replayRights, "cap_rights_get unlimited": replayAllRights,
}

// This kernel answers the calls of the recordings as the recorded one did.
func TestReplay(t *testing.T) {
	calls, err := Read[json.RawMessage]("../../testdata/recordings/calls-amd64.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	runtime.LockOSThread() // mutexes belong to threads
	defer runtime.UnlockOSThread()
	t.Chdir(t.TempDir())
	count := map[string]int{}
	for i, raw := range calls {
		want, got := object{}, object{}
		d := json.NewDecoder(strings.NewReader(string(raw)))
		d.UseNumber()
		if err := d.Decode(&want); err != nil {
			t.Fatal(err)
		}
		replay, ok := replays[want.text("t")]
		spared := testing.Short() && !*record && i%8 != 0 && want.text("t") == "copy_file_range" // of 2178
		if !ok || spared || unsettled(want) {
			continue
		}
		maps.Copy(got, want)
		replay(t, got)
		count[want.text("t")]++
		check(t, want, got)
	}
	t.Logf("%v", count)
	if len(count) != len(replays) {
		t.Errorf("of %d kinds", len(replays))
	}
}

// unsettled calls have answers that are not the kernel's alone: a descriptor that
// something closed, addresses of what lay behind the words.
func unsettled(c object) bool {
	switch c.text("t") {
	case "copy_file_range":
		return c.text("in") == "pipe_w" && c.int("errno") == 9
	case "umtx_op":
		_, ok := plainOps[zsys.UmtxOp(c.int("op"))]
		return !ok
	}
	return false
}

func check(t *testing.T, want, got object) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	if *record {
		fmt.Printf("\nrecorded %s %s\n", runtime.GOARCH, text)
	}
	if large, ok := want["shmflags"].(json.Number); ok && large == "4" {
		return // whether there are large pages is the processor's
	}
	for name, w := range want {
		if g := fmt.Sprint(got[name]); g != fmt.Sprint(w) && !strings.HasPrefix(name, "word0_after") {
			t.Errorf("%s: %s, the recording has %v", text, name, w)
		}
	}
}

// errno is an error's number, 0 for none.
func errno(err error) int {
	var e syscall.Errno
	if err != nil && !errors.As(err, &e) {
		panic(err)
	}
	return int(e)
}

// openKind opens what the recordings call by a name.
func openKind(t *testing.T, name string) (fd int, closeIt func()) {
	t.Helper()
	fill := func(flags, size int) (int, error) {
		if err := os.WriteFile(name, make([]byte, size), 0o666); err != nil {
			return -1, err
		}
		defer os.Remove(name) // the next is another file
		return syscall.Open(name, flags, 0)
	}
	var err error
	var pair [2]int
	switch name {
	case "rw":
		fd, err = fill(syscall.O_RDWR, 1000)
	case "empty":
		fd, err = fill(syscall.O_RDWR, 0)
	case "rdonly":
		fd, err = fill(syscall.O_RDONLY, 1000)
	case "wronly":
		fd, err = fill(syscall.O_WRONLY, 1000)
	case "append":
		fd, err = fill(syscall.O_RDWR|syscall.O_APPEND, 1000)
	case "dir":
		fd, err = syscall.Open(".", syscall.O_RDONLY, 0)
	case "null":
		fd, err = syscall.Open(os.DevNull, syscall.O_RDWR, 0)
	case "shm":
		if fd, err = shm("", syscall.O_RDWR, 0); err == nil {
			err = syscall.Ftruncate(fd, 1000)
		}
	case "pipe_r", "pipe_w":
		if err = syscall.Pipe(pair[:]); err == nil {
			fd = pair[strings.Index("rw", name[5:])]
			return fd, func() { syscall.Close(pair[0]); syscall.Close(pair[1]) }
		}
	case "closed":
		return 999, func() {}
	default:
		t.Fatalf("what is %s?", name)
	}
	if err != nil {
		t.Fatal(name, err)
	}
	return fd, func() { syscall.Close(fd) }
}

func replayCopy(t *testing.T, c object) {
	in, closeIn := openKind(t, c.text("in"))
	defer closeIn()
	out, closeOut := openKind(t, c.text("out"))
	defer closeOut()
	const none = -99
	offs := [2]*int64{}
	for i, name := range []string{"off_in", "off_out"} {
		if off := c.int(name); off != none {
			offs[i] = &off
		}
	}
	n, err := zsys.CopyFileRange(in, offs[0], out, offs[1], uintptr(c.int("len")), 0)
	if err != nil {
		n = -1
	}
	c["n"], c["errno"] = n, errno(err)
	for i, name := range []string{"off_in_after", "off_out_after"} {
		if c[name] = none; offs[i] != nil {
			c[name] = *offs[i]
		}
	}
}

func replaySameFile(t *testing.T, c object) {
	fd, closeIt := openKind(t, "rw")
	defer closeIt()
	in, out := c.int("off_in"), c.int("off_out")
	n, err := zsys.CopyFileRange(fd, &in, fd, &out, uintptr(c.int("len")), 0)
	if err != nil {
		n = -1
	}
	c["n"], c["errno"] = n, errno(err)
}

// shm opens anonymous memory, which a string cannot name.
func shm(name string, flags, shmflags int) (int, error) {
	const anonymous = 1
	var text *byte
	if name != "" {
		text = &append([]byte(name), 0)[0]
	}
	fd, _, e := syscall.Syscall6(zsys.SYS_SHM_OPEN2, anonymous, uintptr(flags), 0, uintptr(shmflags), uintptr(unsafe.Pointer(text)), 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

func replayShm(_ *testing.T, c object) {
	fd, err := shm(c.text("name"), int(c.int("oflag")), int(c.int("shmflags")))
	c["errno"], c["ok"] = errno(err), err == nil
	if err != nil {
		return
	}
	defer syscall.Close(fd)
	flags, _ := zsys.Fcntl(fd, zsys.F_GETFD, 0)
	seals, err := zsys.Fcntl(fd, zsys.F_GET_SEALS, 0)
	c["fd_flags"], c["seals"], c["seals_errno"] = flags, seals, errno(err)
	_, err = syscall.Write(fd, []byte("x"))
	c["write_errno"] = errno(err)
	for _, seal := range []int{4, 8, 1, 2} { // the last is behind the seal against seals
		_, err := zsys.Fcntl(fd, zsys.F_ADD_SEALS, seal)
		c["add_seal_"+strconv.Itoa(seal)+"_errno"] = errno(err)
	}
}

func replayRights(t *testing.T, c object) {
	fd, closeIt := openKind(t, "rw")
	defer closeIt()
	var rights, got zsys.CapRights
	for i := range rights.Rights {
		w, err := strconv.ParseUint(c.text("word"+strconv.Itoa(i)), 0, 64)
		if err != nil {
			t.Fatal(err)
		}
		rights.Rights[i] = w
	}
	c["errno"] = errno(zsys.CapRightsLimit(fd, &rights))
	c["get_errno"] = errno(zsys.CapRightsGet(0, fd, &got))
	c["got0"], c["got1"] = fmt.Sprintf("%#x", got.Rights[0]), fmt.Sprintf("%#x", got.Rights[1])
	_, err := syscall.Read(fd, make([]byte, 1))
	c["read_errno"] = errno(err)
	_, err = syscall.Write(fd, []byte("x"))
	c["write_errno"] = errno(err)
}

func replayAllRights(t *testing.T, c object) {
	fd, closeIt := openKind(t, "rw")
	defer closeIt()
	var got zsys.CapRights
	c["errno"] = errno(zsys.CapRightsGet(0, fd, &got))
	c["got0"], c["got1"] = fmt.Sprintf("%#x", got.Rights[0]), fmt.Sprintf("%#x", got.Rights[1])
}
