package kinfo

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/zsys"
)

// last is the end of a list.
func last(t testing.TB, release, port, tag string) []byte {
	r := newRecord(t, release, port, tag)
	r.put("last", 4, 1)
	return r.mem
}

func sctpAddress(t testing.TB, release, port, tag, field string, addr ...byte) *record {
	r := newRecord(t, release, port, tag)
	at := r.fields[field]
	r.mem[at], r.mem[at+1] = 16, zsys.AF_INET
	if copy(r.mem[at+4:], addr); len(addr) == 16 {
		r.mem[at], r.mem[at+1] = 28, zsys.AF_INET6
		copy(r.mem[at+4:], []byte{0, 0, 0, 0})
		copy(r.mem[at+8:], addr)
	}
	return r
}

// madeSCTP is a table with an endpoint that has two addresses and two associations,
// the second of which has no addresses, and an endpoint that has nothing.
func madeSCTP(t testing.TB, release, port string) []byte {
	in := newRecord(t, release, port, "xsctp_inpcb")
	in.put("flags", 4, sctpStream|sctpListening|sctpBoundV6)
	in.put("features", 8, 1<<40)
	in.put("local_port", 2, 7)
	in.put("socket", 8, 0xfffff80000000001)
	in.put("qlen", 4, 1)
	in.put("maxqlen", 4, 8)
	tcb := sctpAddress(t, release, port, "xsctp_tcb", "primary_addr", 192, 0, 2, 1)
	tcb.put("state", 4, zsys.SCTP_ESTABLISHED)
	tcb.put("remote_port", 2, 9)
	tcb.put("heartbeat_interval", 4, 30000)
	tcb.put("start_time", 8, 2|500000<<32)
	tcb.put("assoc_id", 4, 3)
	path := sctpAddress(t, release, port, "xsctp_raddr", "address", 0xfe, 0x80, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	path.put("rto", 4, 1500)
	path.put("state", 2, zsys.SCTP_UNCONFIRMED)
	path.put("encaps_port", 2, 0xab26)
	second := newRecord(t, release, port, "xsctp_tcb")
	second.put("assoc_id", 4, 4)
	laddr := func(addr ...byte) []byte { return sctpAddress(t, release, port, "xsctp_laddr", "address", addr...).mem }
	noLocal, noPath, noTcb := last(t, release, port, "xsctp_laddr"), last(t, release, port, "xsctp_raddr"), last(t, release, port, "xsctp_tcb")
	return bytes.Join([][]byte{
		in.mem, laddr(192, 0, 2, 2), laddr(192, 0, 2, 3), noLocal,
		tcb.mem, laddr(192, 0, 2, 2), noLocal, path.mem, noPath,
		second.mem, noLocal, noPath, noTcb,
		newRecord(t, release, port, "xsctp_inpcb").mem, noLocal, noTcb,
		last(t, release, port, "xsctp_inpcb"),
	}, nil)
}

func TestSCTPOfEveryPort(t *testing.T) {
	needs.Kernel(t)
	for _, release := range releases {
		for _, port := range ports {
			list, err := Collect(DecodeSCTP(madeSCTP(t, release, port)))
			if err != nil || len(list) != 2 || len(list[0].Associations) != 2 || len(list[0].Associations[0].Paths) != 1 {
				t.Fatalf("%s, %s: %+v, %v", release, port, list, err)
			}
			e, a := list[0], list[0].Associations[0]
			p := a.Paths[0]
			got := fmt.Sprintln(e.Port, e.IPv6, e.Stream, e.Listening, e.Queued, e.QueueLimit, e.Features>>40, e.Address&0xff, e.Local,
				a.ID, a.State, a.PeerPort, a.Primary, a.Start, a.Heartbeat, a.Local, p.Address, p.State, p.RTO, p.EncapsulateIn)
			want := fmt.Sprintln(7, true, true, true, 1, 8, 1, 1, "[192.0.2.2 192.0.2.3]",
				3, "SCTP_ESTABLISHED", 9, "192.0.2.1", 2500*time.Millisecond, 30*time.Second, "[192.0.2.2]", "fe80::1%3", "SCTP_UNCONFIRMED", 1500*time.Millisecond, 9899)
			if got != want {
				t.Errorf("%s, %s: %swant %s", release, port, got, want)
			}
			if b := list[0].Associations[1]; b.ID != 4 || b.State != zsys.SCTP_CLOSED || b.Primary.IsValid() || len(b.Local)+len(b.Paths) != 0 {
				t.Errorf("%s, %s: the second association is %+v", release, port, b)
			}
			if n := list[1]; n.Port != 0 || n.Address != 0 || len(n.Local)+len(n.Associations) != 0 {
				t.Errorf("%s, %s: the second endpoint is %+v", release, port, n)
			}
		}
	}
}

// Each beginning of a table is an error, at the record that is cut off, after the
// endpoints that are whole.
func TestSCTPDamaged(t *testing.T) {
	good := madeSCTP(t, "freebsd15", "386")
	for n := 1; n < len(good); n++ {
		whole := 0
		var c *CorruptError
		for _, err := range DecodeSCTP(good[:n:n]) {
			if err == nil {
				whole++
			} else if !errors.As(err, &c) || c.Reason != "the record is cut off" || c.Offset+c.Have != n || c.Have >= c.Size {
				t.Fatalf("%d bytes: %v", n, err)
			}
		}
		if c == nil || whole > 2 || whole == 0 && n >= len(good)-160-160-168-264 {
			t.Fatalf("%d of %d bytes: %d endpoints, %v", n, len(good), whole, c)
		}
	}
	if _, err := Collect(DecodeSCTP(append(bytes.Clone(good), 0))); err == nil || !strings.Contains(err.Error(), "bytes behind the end") {
		t.Error(err)
	}
	if list, err := Collect(DecodeSCTP(nil)); list != nil || err != nil {
		t.Errorf("an empty table: %v, %v", list, err)
	}
}

// A copy that Collect makes has its own lists, and reading a table again allocates
// nothing.
func TestSCTPLists(t *testing.T) {
	table := bytes.ReplaceAll(madeSCTP(t, "freebsd15", "amd64"), []byte{0xfe, 0x80, 0, 3}, []byte{0x20, 1, 0xd, 0xb8}) // no zone
	list, err := Collect(DecodeSCTP(append(bytes.Clone(table[:len(table)-160]), table...)))
	if err != nil || len(list) != 4 {
		t.Fatal(list, err)
	}
	list[0].Local[0], list[0].Associations[0].Paths[0].MTU, list[0].Associations[0].ID = list[0].Local[1], 1, 99
	if fmt.Sprint(list[2].Local) != "[192.0.2.2 192.0.2.3]" || list[2].Associations[0].Paths[0].MTU != 0 || list[2].Associations[0].ID != 3 {
		t.Errorf("copies share their lists: %+v", list[2])
	}
	var e SCTPEndpoint
	n := 0
	walk := func() { decodeSCTP(table, &e, func(*SCTPEndpoint, error) bool { n++; return true }) }
	walk()
	if allocs := testing.AllocsPerRun(100, walk); allocs != 0 || n == 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func FuzzSCTP(f *testing.F) {
	f.Add(madeSCTP(f, "freebsd15", "amd64"))
	f.Fuzz(func(t *testing.T, table []byte) {
		records := 0
		for e, err := range DecodeSCTP(table) {
			records++
			if err == nil {
				for _, a := range e.Associations {
					records += 1 + len(a.Local) + len(a.Paths)
				}
				records += len(e.Local)
			}
		}
		if records > len(table)/160+1 {
			t.Errorf("%d records in %d bytes", records, len(table))
		}
	})
}

func madeDescriptor(t testing.TB, release, port string) []byte {
	r := newRecord(t, release, port, "xfile")
	r.put("xf_size", 8, uint64(r.size))
	r.put("xf_pid", 4, 10)
	r.put("xf_uid", 4, 501)
	r.put("xf_fd", 4, 3)
	r.put("xf_type", 2, zsys.DTYPE_SOCKET)
	r.put("xf_count", 4, 2)
	r.put("xf_offset", 8, 1<<40)
	r.put("xf_file", 8, 0xfffff80000000001)
	r.put("xf_data", 8, 0xfffff80000000002)
	r.put("xf_vnode", 8, 0xfffff80000000003)
	r.put("xf_flag", 4, 0x80000003)
	return r.mem
}

func TestDescriptorsOfEveryPort(t *testing.T) {
	want := Descriptor{Pid: 10, Uid: 501, Fd: 3, Type: zsys.DTYPE_SOCKET, Flags: 0x80000003, RefCount: 2, Offset: 1 << 40,
		File: 0xfffff80000000001, Data: 0xfffff80000000002, Vnode: 0xfffff80000000003}
	for _, release := range releases {
		for _, port := range ports {
			one := madeDescriptor(t, release, port)
			longer := append(bytes.Clone(one), make([]byte, 8)...) // of a later kernel
			longer[0] += 8
			list, err := Collect(DecodeDescriptors(append(longer, one...)))
			if err != nil || len(list) != 2 || list[0] != want || list[1] != want {
				t.Errorf("%s, %s: %+v, %v", release, port, list, err)
			}
			if so, ok := list[0].Socket(); so != want.Data || !ok {
				t.Errorf("socket %#x, %v", so, ok)
			}
		}
	}
}

func TestDescriptorsCorrupt(t *testing.T) {
	good := madeDescriptor(t, "freebsd15", "amd64")
	with := func(b ...byte) []byte { return append(b, good[len(b):]...) }
	for _, tt := range []struct {
		table []byte
		want  string
	}{
		{good[:7], "offset 0: size 0 of 7 bytes left: cut off within its size"},
		{append(bytes.Clone(good), good[:100]...), "offset 128: size 128 of 100 bytes left: the record is cut off"},
		{with(127), "shorter than a record, 128 bytes"}, {with(0), "shorter than a record"},
		{with(0, 0, 0, 0, 0, 0, 0, 0x80), "the record is cut off"}, {with(255, 255, 255, 255, 255, 255, 255, 255), "the record is cut off"},
	} {
		_, err := Collect(DecodeDescriptors(tt.table))
		if !isCorrupt(err) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %q", err, tt.want)
		}
	}
}

func FuzzDescriptors(f *testing.F) {
	f.Add(madeDescriptor(f, "freebsd15", "amd64"))
	f.Fuzz(func(t *testing.T, table []byte) {
		n := 0
		for range DecodeDescriptors(table) {
			if n++; n > len(table)/128+1 {
				t.Fatal("the walk does not end")
			}
		}
	})
}
