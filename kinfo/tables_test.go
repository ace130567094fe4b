package kinfo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/zsys"
)

func madeMapping(t testing.TB, release, port, path string) []byte {
	r := newRecord(t, release, port, "kinfo_vmentry")
	size := (r.fields["kve_path"] + len(path) + 1 + 7) &^ 7
	r.put("kve_structsize", 4, uint64(size))
	r.put("kve_type", 4, 2)
	r.put("kve_start", 8, 0x10000)
	r.put("kve_end", 8, 0x20000)
	r.put("kve_offset", 8, 0x3000)
	r.put("kve_vn_fileid", 8, 1<<40)
	r.put("kve_flags", 4, 1)
	r.put("kve_resident", 4, 5)
	r.put("kve_private_resident", 4, 6)
	r.put("kve_protection", 4, 5)
	r.put("kve_ref_count", 4, 7)
	r.put("kve_shadow_count", 4, 8)
	r.put("kve_vn_type", 4, 1)
	r.put("kve_vn_size", 8, 99)
	r.put("kve_vn_mode", 2, 0o100755)
	r.put("kve_vn_rdev", 8, 11)
	r.text("kve_path", path)
	return r.mem[:size]
}

func TestMappingOfEveryPort(t *testing.T) {
	for _, release := range releases {
		for _, port := range ports {
			table := append(madeMapping(t, release, port, "/usr/lib/a-longer-name.so"), madeMapping(t, release, port, "/bin/sh")...)
			list, err := Collect(DecodeMappings(table))
			if err != nil || len(list) != 2 {
				t.Fatalf("%s, %s: %d records, %v", release, port, len(list), err)
			}
			m := list[1]
			got := fmt.Sprint(m.Start, m.End, m.Offset, m.Fileid, m.Resident, m.Private, m.References, m.Shadows, m.Size, m.Rdev, m.Mode, m.Path())
			if want := fmt.Sprint(0x10000, 0x20000, 0x3000, int64(1)<<40, 5, 6, 7, 8, 99, 11, 0o100755, "/bin/sh"); got != want {
				t.Errorf("%s, %s: %s, want %s", release, port, got, want)
			}
			if m.Type != zsys.KVME_TYPE_VNODE || m.Protection != zsys.KVME_PROT_READ|zsys.KVME_PROT_EXEC || m.Flags != zsys.KVME_FLAG_COW || list[0].Path() != "/usr/lib/a-longer-name.so" {
				t.Errorf("%s, %s: %v %v %v %q", release, port, m.Type, m.Protection, m.Flags, list[0].Path())
			}
		}
	}
}

// madeTCP is a table with one connection, between its head and its tail.
func madeTCP(t testing.TB, release, port string, v6 bool) []byte {
	gen := newRecord(t, release, port, "xinpgen")
	gen.put("xig_len", 8, uint64(gen.size))
	gen.put("xig_gen", 8, 42)
	r := newRecord(t, release, port, "xtcpcb")
	in := "xt_inp."
	so := in + "xi_socket."
	r.put("xt_len", 8, uint64(r.size))
	high := uint64(0xfffff80000000000) // where a kernel's addresses are
	if wordOf(port) == 4 {
		high = 0
	}
	r.put(in+"inp_gencnt", 8, 42)
	r.put(so+"xso_so", 8, high|0xfff1)
	r.put(so+"so_pcb", 8, high|0xfff2)
	r.put(so+"xso_family", 4, zsys.AF_INET)
	r.put(so+"xso_protocol", 4, 6)
	r.put(so+"so_type", 2, zsys.SOCK_STREAM)
	r.put(so+"so_uid", 4, 501)
	r.put(so+"so_rcv.sb_cc", 4, 10)
	r.put(so+"so_snd.sb_cc", 4, 20)
	r.put(so+"so_snd.sb_hiwat", 4, 30)
	ends := r.fields[in+"inp_inc"] + 4
	binary.BigEndian.PutUint16(r.mem[ends:], 443)
	binary.BigEndian.PutUint16(r.mem[ends+2:], 1025)
	if v6 {
		r.put(so+"xso_family", 4, zsys.AF_INET6)
		r.put(in+"inp_vflag", 1, zsys.INP_IPV6)
		copy(r.mem[ends+4:], []byte{0x20, 1, 0xd, 0xb8, 15: 1})
		copy(r.mem[ends+20:], []byte{0xfe, 0x80, 0, 3, 15: 2})
	} else {
		r.put(in+"inp_vflag", 1, zsys.INP_IPV4)
		copy(r.mem[ends+4+12:], []byte{192, 0, 2, 1})
		copy(r.mem[ends+20+12:], []byte{192, 0, 2, 2})
	}
	r.put("t_state", 4, uint64(zsys.TCPS_ESTABLISHED))
	r.text("xt_stack", "freebsd")
	if _, ok := r.fields["xt_cc"]; ok { // not in 12.1
		r.text("xt_cc", "cubic")
	}
	return bytes.Join([][]byte{gen.mem, r.mem, gen.mem}, nil)
}

func TestTCPOfEveryPort(t *testing.T) {
	needs.Kernel(t)
	for _, release := range releases {
		for _, port := range ports {
			for _, v6 := range []bool{false, true} {
				list, err := Collect(DecodeSockets(TCPSockets, madeTCP(t, release, port, v6)))
				if err != nil || len(list) != 1 {
					t.Fatalf("%s, %s: %d records, %v", release, port, len(list), err)
				}
				s := list[0]
				ends, cc := "192.0.2.2:1025 192.0.2.1:443", "cubic"
				if v6 {
					ends = "[fe80::2%3]:1025 [2001:db8::1]:443"
				}
				if release == "freebsd12" {
					cc = ""
				}
				got := fmt.Sprintln(s.Local, s.Peer, s.Pcb&0xffff, s.Generation, s.Uid, s.RecvQueue, s.SendQueue, s.SendBuffer, s.TCP, s.State, s.Stack(), s.Congestion(), s.Listening)
				if want := fmt.Sprintln(ends, 65522, 42, 501, 10, 20, 30, true, "TCPS_ESTABLISHED", "freebsd", cc, false); got != want {
					t.Errorf("%s, %s: %s, want %s", release, port, got, want)
				}
			}
		}
	}
}

// madeUnix is a table with one socket whose path is shorter than what another
// left behind it.
func madeUnix(t testing.TB, release, port string) []byte {
	gen := newRecord(t, release, port, "xunpgen")
	gen.put("xug_len", 8, uint64(gen.size))
	gen.put("xug_gen", 8, 42)
	r := newRecord(t, release, port, "xunpcb")
	r.put("xu_len", 8, uint64(r.size))
	r.put("xu_unpp", 8, 0xfff3)
	r.put("unp_conn", 8, 0xfff4)
	r.put("xu_socket.xso_family", 4, zsys.AF_UNIX)
	r.put("xu_socket.so_type", 2, zsys.SOCK_STREAM)
	r.put("xu_socket.so_options", 2, soAcceptconn)
	r.put("xu_socket.so_qlen", 4, 1)
	copy(r.mem[r.fields["unp_gencnt"]+8+64+32:], "\x06\x01/a/bleft over")
	copy(r.mem[r.fields["unp_gencnt"]+8+64+32+256:], "\xff\x01"+strings.Repeat("x", 200))
	return bytes.Join([][]byte{gen.mem, r.mem, gen.mem}, nil)
}

func TestUnixOfEveryPort(t *testing.T) {
	needs.Kernel(t)
	for _, release := range releases {
		for _, port := range ports {
			list, err := Collect(DecodeSockets(UnixStreams, madeUnix(t, release, port)))
			if err != nil || len(list) != 1 {
				t.Fatalf("%s, %s: %d records, %v", release, port, len(list), err)
			}
			s := list[0]
			if s.LocalPath() != "/a/b" || s.PeerPath() != strings.Repeat("x", 104) || s.Pcb != 0xfff3 || s.PeerPcb != 0xfff4 || !s.Listening || s.Queued != 1 {
				t.Errorf("%s, %s: %q, %q, %+v", release, port, s.LocalPath(), s.PeerPath(), s)
			}
		}
	}
}

// A generation behind the table that is not that before it is seen, whether the
// kernel has 64 bits or 32.
func TestGenerations(t *testing.T) {
	for _, port := range ports {
		for which, table := range map[SocketTable][]byte{TCPSockets: madeTCP(t, "freebsd15", port, false), UnixStreams: madeUnix(t, "freebsd15", port)} {
			f := which.form()
			if !f.consistent(table) {
				t.Errorf("%s, %v: a table of one moment is taken for two", port, which)
			}
			gen := "xig_gen"
			if which == UnixStreams {
				gen = "xug_gen"
			}
			tag := map[SocketTable]string{TCPSockets: "xinpgen", UnixStreams: "xunpgen"}[which]
			table[len(table)-f.head+factsOf(t, "freebsd15", port, tag).fields[gen]]++
			if f.consistent(table) {
				t.Errorf("%s, %v: another generation is not seen", port, which)
			}
		}
	}
}

func TestSocketsCorrupt(t *testing.T) {
	good := madeTCP(t, "freebsd15", "amd64", false)
	with := func(off int, b ...byte) []byte {
		c := bytes.Clone(good)
		copy(c[off:], b)
		return c
	}
	for _, tt := range []struct {
		table []byte
		want  string
	}{
		{good[:7], "size 0 of 7 bytes left: cut off within its size"},
		{good[:100], "offset 64: size 744 of 36 bytes left: the record is cut off"},
		{good[:64+744], "offset 808: size 0 of 0 bytes left: cut off within its size"},
		{with(0, 1), "the table must begin with a record of 64 bytes"},
		{with(64, 0, 0), "shorter than a record, 744 bytes"},
		{with(64, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "the record is cut off"},
		{append(bytes.Clone(good), 0), "bytes behind the end of the table"},
	} {
		_, err := Collect(DecodeSockets(TCPSockets, tt.table))
		var c *CorruptError
		if !errors.As(err, &c) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
	if list, err := Collect(DecodeSockets(TCPSockets, nil)); list != nil || err != nil {
		t.Errorf("an empty table: %v, %v", list, err)
	}
}

func FuzzSockets(f *testing.F) {
	f.Add(0, madeTCP(f, "freebsd15", "amd64", true))
	f.Add(3, madeUnix(f, "freebsd15", "386"))
	f.Fuzz(func(t *testing.T, which int, table []byte) {
		n := 0
		for s, err := range DecodeSockets(SocketTable(which), table) {
			if n++; n > len(table)/8+1 {
				t.Fatal("the walk does not end")
			}
			if err == nil && (len(s.LocalPath()) > 104 || len(s.Stack()) > 32) {
				t.Errorf("%+v", s)
			}
		}
		form := SocketTable(which).form()
		form.consistent(table)
	})
}

func FuzzMappings(f *testing.F) {
	f.Add(madeMapping(f, "freebsd15", "amd64", "/bin/sh"))
	f.Fuzz(func(t *testing.T, table []byte) {
		n := 0
		for m, err := range DecodeMappings(table) {
			if n++; n > len(table)/8+1 {
				t.Fatal("the walk does not end")
			}
			if err == nil && len(m.Path()) > 1024 {
				t.Errorf("%+v", m)
			}
		}
	})
}

func TestAuxv(t *testing.T) {
	v64 := make([]byte, 48)
	v64[0], v64[8], v64[16], v64[24], v64[28] = 3, 64, 9, 1, 2
	v32 := make([]byte, 32)
	v32[0], v32[4], v32[8], v32[12] = 3, 64, 9, 1
	for _, tt := range []struct {
		vector []byte
		want   string
	}{{v64, "[{3 64} {9 8589934593}] <nil>"}, {v32, "[{3 64} {9 1}] <nil>"}, {v32[:24], "[{3 64} {9 1}] <nil>"}, {nil, "[] <nil>"}} {
		list, err := DecodeAuxv(tt.vector)
		if got := fmt.Sprint(list, err); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
	if _, err := DecodeAuxv(v64[:47]); err == nil {
		t.Error("a vector of 47 bytes is read")
	}
}

func FuzzAuxv(f *testing.F) {
	f.Add(make([]byte, 48))
	f.Fuzz(func(t *testing.T, vector []byte) {
		if list, err := DecodeAuxv(vector); err == nil && len(list) > len(vector)/8 {
			t.Errorf("%d entries of %d bytes", len(list), len(vector))
		}
	})
}

func TestStrings0(t *testing.T) {
	for in, want := range map[string]string{"": "[]", "a\x00": `["a"]`, "a\x00\x00b\x00": `["a" "" "b"]`, "a\x00b": `["a" "b"]`, "\x00": `[""]`} {
		if got := fmt.Sprintf("%q", strings0([]byte(in))); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}

// Reading tables allocates nothing per record.
func TestTablesAllocateNothing(t *testing.T) {
	procs := bytes.Repeat(madeProc(t, "freebsd15", "amd64"), 50)
	vm := bytes.Repeat(madeMapping(t, "freebsd15", "amd64", "/bin/sh"), 50)
	one := madeTCP(t, "freebsd15", "amd64", false)
	tcp := append(bytes.Clone(one[:64]), bytes.Repeat(one[64:64+744], 50)...)
	tcp = append(tcp, one[:64]...)
	var s scratchRecords
	n := 0
	allocs := testing.AllocsPerRun(100, func() {
		decodeProcs(procs, 4096, &s.proc, func(*Proc, error) bool { n++; return true })
		decodeMappings(vm, &s.vm, func(*Mapping, error) bool { n++; return true })
		decodeSockets(TCPSockets, tcp, &s.sock, func(*Socket, error) bool { n++; return true })
	})
	if allocs != 0 || n != 101*150 {
		t.Errorf("%v allocations, %d records", allocs, n)
	}
}

type scratchRecords struct {
	proc Proc
	vm   Mapping
	sock Socket
}
