package kinfo

import (
	"encoding/hex"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// The captures in testdata are answers of a FreeBSD 15.0 kernel, each with the
// values that a C program sees in them. README.md there says how to read them.

// headFields are the offsets of the scalars outside the union, by C name.
var headFields = map[string]uintptr{
	"kf_structsize": 0, "kf_type": 4, "kf_fd": 8, "kf_ref_count": 12, "kf_flags": 16, "kf_pad0": 20, "kf_offset": 24,
	"kf_status": 336, "kf_pad1": 338, "_kf_ispare0": 340, "_kf_cap_spare": 360,
}

// unionFields are the offsets of the fields of the union's members.
var unionFields = map[string]map[string]uintptr{
	"kf_sock": {
		"kf_sock_sendq": 0, "kf_sock_domain0": 4, "kf_sock_type0": 8, "kf_sock_protocol0": 12,
		"kf_sa_local": 16, "kf_sa_peer": 144, "kf_sock_pcb": 272, "kf_sock_inpcb": 280, "kf_sock_unpconn": 288,
		"kf_sock_snd_sb_state": 296, "kf_sock_rcv_sb_state": 298, "kf_sock_recvq": 300,
	},
	"kf_file": {
		"kf_file_type": 0, "kf_spareint": 4, "kf_spareint64": 16, "kf_file_nlink": 248, "kf_file_fsid": 256,
		"kf_file_rdev": 264, "kf_file_fileid": 272, "kf_file_size": 280, "kf_file_fsid_freebsd11": 288,
		"kf_file_rdev_freebsd11": 292, "kf_file_mode": 296, "kf_file_pad0": 298, "kf_file_pad1": 300,
	},
	"kf_sem": {"kf_spareint": 0, "kf_spareint64": 16, "kf_sem_value": 272, "kf_sem_mode": 276},
	"kf_pipe": {
		"kf_spareint": 0, "kf_spareint64": 16, "kf_pipe_addr": 272, "kf_pipe_peer": 280, "kf_pipe_buffer_cnt": 288,
		"kf_pipe_buffer_in": 292, "kf_pipe_buffer_out": 296, "kf_pipe_buffer_size": 300,
	},
	"kf_pts": {
		"kf_spareint": 0, "kf_spareint64": 16, "kf_pts_dev_freebsd11": 272, "kf_pts_pad0": 276, "kf_pts_dev": 280, "kf_pts_pad1": 288,
	},
	"kf_proc":    {"kf_spareint": 0, "kf_spareint64": 16, "kf_pid": 272},
	"kf_eventfd": {"kf_eventfd_value": 0, "kf_eventfd_flags": 8, "kf_eventfd_spareint": 12, "kf_eventfd_addr": 24},
	"kf_timerfd": {"kf_timerfd_clockid": 0, "kf_timerfd_flags": 4, "kf_timerfd_addr": 8},
	"kf_jail":    {"kf_jid": 0},
	"kf_kqueue":  {"kf_kqueue_addr": 0, "kf_kqueue_count": 8, "kf_kqueue_state": 12},
	"kf_inotify": {"kf_inotify_npending": 0, "kf_inotify_nbpending": 8},
}

type object = map[string]any

func captures(t testing.TB) []string {
	names, err := filepath.Glob("testdata/*.bin")
	if err != nil || len(names) == 0 {
		t.Fatalf("no captures in testdata: %v", err)
	}
	return names
}

func readCapture(t testing.TB, name string) (data []byte, records []any) {
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(strings.TrimSuffix(name, ".bin") + ".json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var expected object
	d := json.NewDecoder(f)
	d.UseNumber() // addresses reach 2^64-1
	if err := d.Decode(&expected); err != nil {
		t.Fatal(err)
	}
	return data, expected["records"].([]any)
}

func TestCaptures(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, records := readCapture(t, name)
			r := newFileReader(data)
			var k File
			for i, want := range records {
				ok, err := r.next(&k)
				if !ok || err != nil {
					t.Fatalf("record %d: %v, %v", i, ok, err)
				}
				checkRecord(t, &k, want.(object))
			}
			if ok, err := r.next(&k); ok || err != nil {
				t.Errorf("after the last record: %v, %v", ok, err)
			}
			if files, err := Collect(DecodeFiles(data)); err != nil || len(files) != len(records) {
				t.Errorf("%d files, %v; want %d", len(files), err, len(records))
			}
		})
	}
}

func checkRecord(t *testing.T, k *File, want object) {
	t.Helper()
	head := reflect.ValueOf(k).Elem()
	for c, off := range headFields {
		checkField(t, c, fieldAt(head, off), want[c])
	}
	checkField(t, "kf_cap_rights.cr_rights", reflect.ValueOf(k.CapRights.Rights), want["kf_cap_rights.cr_rights"])
	if got := hex.EncodeToString(k.PathBytes()); got != want["kf_path_hex"] {
		t.Errorf("fd %d: path %s, want %s", k.Fd, got, want["kf_path_hex"])
	}
	checkNames(t, k, want)
	checkUnion(t, k, want)
	checkKnown(t, k, want)
}

// checkNames compares the constants' names.
func checkNames(t *testing.T, k *File, want object) {
	t.Helper()
	if got := k.Type.String(); got != want["kf_type_name"] {
		t.Errorf("fd %d: type %s, want %s", k.Fd, got, want["kf_type_name"])
	}
	if name, ok := want["kf_fd_name"]; ok && zsys.KfFdType(k.Fd).String() != name {
		t.Errorf("fd %d: named %s, want %s", k.Fd, zsys.KfFdType(k.Fd), name)
	}
	var flags []string
	for _, f := range want["kf_flags_names"].([]any) {
		flags = append(flags, f.(string))
	}
	if got := k.Flags.String(); len(flags) > 0 && got != strings.Join(flags, "|") {
		t.Errorf("fd %d: flags %s, want %s", k.Fd, got, flags)
	}
	if name, ok := want["kf_file_type_name"]; ok && (*zsys.KinfoFile)(k).File().Type.String() != name {
		t.Errorf("fd %d: vnode type %s, want %s", k.Fd, (*zsys.KinfoFile)(k).File().Type, name)
	}
}

func checkUnion(t *testing.T, k *File, want object) {
	t.Helper()
	member, got := viewOf(k)
	if wanted, _ := want["union"].(string); member != wanted {
		t.Errorf("fd %d, %v: view %q, want %q", k.Fd, k.Type, member, wanted)
		return
	}
	fields, _ := want[member].(object)
	for c, value := range fields {
		field := fieldAt(got, unionFields[member][c])
		if c == "kf_sa_local" || c == "kf_sa_peer" {
			ss := field.Addr().Interface().(*zsys.SockaddrStorage)
			checkSockaddr(t, c, ss, value.(object))
			continue
		}
		checkField(t, c, field, value)
	}
}

// viewsOf are all views, by the union's member that they show.
var viewsOf = []struct {
	member string
	get    func(*File) reflect.Value
}{
	{"kf_sock", viewed(sockMember)}, {"kf_file", viewed(vnodeMember)}, {"kf_file", viewed(shmMember)}, {"kf_sem", viewed((*File).Sem)},
	{"kf_pipe", viewed((*File).Pipe)}, {"kf_pts", viewed((*File).Pts)}, {"kf_proc", viewed((*File).Procdesc)},
	{"kf_eventfd", viewed((*File).Eventfd)}, {"kf_timerfd", viewed((*File).Timerfd)}, {"kf_jail", viewed((*File).Jail)},
	{"kf_kqueue", viewed((*File).Kqueue)}, {"kf_inotify", viewed((*File).Inotify)},
}

func sockMember(k *File) (*zsys.KinfoFileSock, bool)  { s, ok := k.Socket(); return s.KinfoFileSock, ok }
func vnodeMember(k *File) (*zsys.KinfoFileFile, bool) { v, ok := k.Vnode(); return v.KinfoFileFile, ok }
func shmMember(k *File) (*zsys.KinfoFileFile, bool)   { v, ok := k.Shm(); return v.KinfoFileFile, ok }

func viewed[T any](view func(*File) (*T, bool)) func(*File) reflect.Value {
	return func(k *File) reflect.Value {
		if v, ok := view(k); ok {
			return reflect.ValueOf(v).Elem()
		}
		return reflect.Value{}
	}
}

// viewOf returns the record's view and the name of its member in C; the names of
// all, if there were more than one.
func viewOf(k *File) (member string, view reflect.Value) {
	for _, v := range viewsOf {
		if got := v.get(k); got.IsValid() {
			member, view = member+v.member, got
		}
	}
	return member, view
}

// fieldAt returns the field of a structure that starts at an offset, whatever
// it is called in Go: spares may have no name.
func fieldAt(v reflect.Value, off uintptr) reflect.Value {
	for i := range v.NumField() {
		if v.Type().Field(i).Offset == off {
			return v.Field(i)
		}
	}
	return reflect.Value{}
}

// checkField compares an integer, or an array of them, with its JSON form.
func checkField(t *testing.T, c string, got reflect.Value, want any) {
	t.Helper()
	var text string
	switch {
	case !got.IsValid():
		t.Errorf("%s: no field at its offset", c)
		return
	case got.Kind() == reflect.Array:
		list := want.([]any)
		if got.Len() != len(list) {
			t.Errorf("%s: length %d, want %d", c, got.Len(), len(list))
			return
		}
		for i, w := range list {
			checkField(t, c, got.Index(i), w)
		}
		return
	case got.CanInt():
		text = strconv.FormatInt(got.Int(), 10)
	default:
		text = strconv.FormatUint(got.Uint(), 10)
	}
	if want == nil || text != want.(json.Number).String() {
		t.Errorf("%s = %s, want %v", c, text, want)
	}
}

func checkSockaddr(t *testing.T, c string, ss *zsys.SockaddrStorage, want object) {
	t.Helper()
	if got := hex.EncodeToString(sockaddr(ss)); got != want["raw_hex"] {
		t.Errorf("%s = %s, want %s", c, got, want["raw_hex"])
	}
	var addr netip.AddrPort
	if a, ok := want["addr"].(string); ok {
		port, _ := want["port"].(json.Number).Int64()
		addr = netip.AddrPortFrom(netip.MustParseAddr(a), uint16(port))
	}
	if got := addrPort(ss); got != addr {
		t.Errorf("%s: address %v, want %v", c, got, addr)
	}
	path, _ := want["path_hex"].(string)
	if got := hex.EncodeToString(unixPath(ss)); got != path {
		t.Errorf("%s: path %s, want %s", c, got, path)
	}
}

// checkKnown compares the record with what other system calls had said about
// the descriptor just before.
func checkKnown(t *testing.T, k *File, want object) {
	t.Helper()
	known, _ := want["known"].(object)
	if rights, ok := known["rights"].([]any); ok && k.Structsize < int32(fileSize) { // fcntl's records carry none
		for i, r := range k.CapRights.Rights {
			if rights[i] != strconv.FormatUint(r, 10) {
				t.Errorf("fd %d: rights word %d is %d, cap_rights_get says %s", k.Fd, i, r, rights[i])
			}
		}
	}
	stat, _ := known["stat"].(object) // not of descriptors without the right to it
	if f, ok := k.Vnode(); ok && stat != nil {
		for name, got := range map[string]uint64{
			"st_dev": f.Fsid, "st_ino": f.Fileid, "st_nlink": f.Nlink, "st_mode": uint64(f.Mode), "st_rdev": f.Rdev, "st_size": f.Size,
		} {
			if stat[name] != strconv.FormatUint(got, 10) {
				t.Errorf("fd %d: %s %d, fstat says %s", k.Fd, name, got, stat[name])
			}
		}
	}
	if s, ok := k.Socket(); ok {
		checkAgainst(t, "getsockname", sockaddr(&s.SaLocal), known["local"])
		if s.Connected() {
			checkAgainst(t, "getpeername", sockaddr(&s.SaPeer), known["peer"])
		}
	}
}

func checkAgainst(t *testing.T, call string, got []byte, want any) {
	t.Helper()
	if name := hex.EncodeToString(got); name != want && len(got) > 0 {
		t.Errorf("address %s, %s says %v", name, call, want)
	}
}
