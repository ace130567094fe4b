package kinfo

import (
	"bytes"
	"slices"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/zsys"
)

// armOnArm64 is struct kinfo_knote as a kernel of arm64 gives it to a program of arm.
// It is no header's: the kernel puts the parts together without the padding that the
// program's compiler has before the event and at the end.
var armOnArm64 = layout{size: 1152, fields: map[string]int{
	"knt_kq_fd": 0, "knt_event.ident": 4, "knt_event.filter": 8, "knt_event.flags": 10, "knt_event.fflags": 12,
	"knt_event.data": 20, "knt_event.udata": 28, "knt_status": 68, "knt_extdata": 72,
}}

// noteRecords returns a record of each layout with an event that has all bits set
// that a program can choose.
func noteRecords(t testing.TB) map[string]*record {
	records := map[string]*record{"arm on arm64": {t, armOnArm64, make([]byte, armOnArm64.size)}}
	for _, port := range ports {
		records[port] = newRecord(t, "freebsd15", port, "kinfo_knote")
	}
	for name, r := range records {
		word := 8
		if r.size != 1160 || name == "arm" {
			word = 4
		}
		r.put("knt_kq_fd", 4, 5)
		r.put("knt_event.ident", word, 7<<60|0x12345678)
		r.put("knt_event.filter", 2, 0xfff5) // EVFILT_USER
		r.put("knt_event.flags", 2, 0x8021)
		r.put("knt_event.fflags", 4, 0x00fff123)
		r.put("knt_event.data", 8, 1<<40|3)
		r.put("knt_event.udata", word, 3<<60|0xdeadbeef)
		r.put("knt_status", 4, zsys.KNOTE_STATUS_QUEUED)
	}
	return records
}

// Each port's records are told from those of the others, on every host.
func TestEventsOfEveryPort(t *testing.T) {
	needs.Kernel(t)
	for name, r := range noteRecords(t) {
		want := Event{Kqueue: 5, Ident: 0x12345678, Filter: zsys.EVFILT_USER, Flags: 0x8021, Fflags: 0xfff123, Data: 1<<40 | 3, Udata: 0xdeadbeef, Status: 2}
		if name != "arm" && r.size == 1160 {
			want.Ident, want.Udata = want.Ident|7<<60, want.Udata|3<<60
		}
		for n := range 150 { // past common multiples of two sizes
			list, err := Collect(DecodeEvents(bytes.Repeat(r.mem, n)))
			if err != nil || len(list) != n || n > 0 && (list[0] != want || list[n-1] != want) {
				t.Fatalf("%s, %d records: %+v, %v; want %+v", name, n, list[:min(n, 2)], err, want)
			}
		}
	}
}

// What is whole is yielded before an error says where the rest begins.
func TestEventsDamaged(t *testing.T) {
	for name, r := range noteRecords(t) {
		table := bytes.Repeat(r.mem, 3)
		for n := 0; n <= len(table); n += 8 {
			if n%r.size != 0 && slices.ContainsFunc(noteLayouts[:], func(l noteLayout) bool { return n%l.size == 0 }) {
				continue // it could be a whole table of another layout
			}
			got, err := countEvents(table[:n:n])
			if got != n/r.size || (err == nil) != (n%r.size == 0) || err != nil && !isCorrupt(err) {
				t.Fatalf("%s, %d bytes: %d events, %v", name, n, got, err)
			}
		}
		for _, field := range []string{"knt_kq_fd", "knt_event.filter"} {
			bad := bytes.Clone(table)
			bad[2*r.size+r.fields[field]+1] = 0
			bad[2*r.size+3] = 0x80 * byte(len(field)%2) // a kqueue below zero
			if got, err := countEvents(bad); got != 2 || !isCorrupt(err) {
				t.Errorf("%s, a wrong %s: %d events, %v", name, field, got, err)
			}
		}
	}
}

func countEvents(table []byte) (n int, err error) {
	for _, err := range DecodeEvents(table) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func FuzzEvents(f *testing.F) {
	for _, r := range noteRecords(f) {
		f.Add(r.mem)
	}
	f.Fuzz(func(t *testing.T, table []byte) {
		n := 0
		for e, err := range DecodeEvents(table) {
			n++
			if err != nil && (!isCorrupt(err) || e != nil) || err == nil && (e.Filter >= 0 || e.Kqueue < 0) {
				t.Errorf("%+v, %v", e, err)
			}
		}
		if n > len(table)/1144+1 {
			t.Errorf("%d steps in %d bytes", n, len(table))
		}
	})
}
