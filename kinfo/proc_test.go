package kinfo

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// madeProc is a record as a kernel of a release would write it for a program of a
// port: each field, at its place of the facts, has a value that no other has.
func madeProc(t testing.TB, release, port string) []byte {
	r := newRecord(t, release, port, "kinfo_proc")
	w, sec := wordOf(port), secondsOf(port)
	r.put("ki_structsize", 4, uint64(r.size))
	for i, f := range []string{
		"ki_pid", "ki_ppid", "ki_pgid", "ki_tpgid", "ki_sid", "ki_tsid", "ki_uid", "ki_ruid", "ki_svuid", "ki_rgid", "ki_svgid",
		"ki_groups", "ki_cow", "ki_slptime", "ki_traceflag", "ki_oncpu", "ki_lastcpu", "ki_tracer", "ki_flag2", "ki_fibnum",
		"ki_jid", "ki_numthreads", "ki_tid", "ki_flag", "ki_kiflag",
	} {
		r.put(f, 4, uint64(1000+i))
	}
	r.put("ki_groups", 8, 1011|77<<32)
	r.put("ki_ngroups", 2, 2)
	r.put("ki_pctcpu", 4, 1024)
	r.put("ki_runtime", 8, 5_000_001)
	r.put("ki_start.tv_sec", sec, 1_700_000_000)
	r.put("ki_start.tv_usec", w, 250_000)
	r.put("ki_stat", 1, 3)
	r.put("ki_nice", 1, 0xec)
	r.put("ki_tdev", 8, 1<<40|7)
	r.put("ki_cr_flags", 4, 0x80000001)
	r.put("ki_xstat", 2, 9)
	r.put("ki_paddr", w, 0x7654_3210)
	for i, f := range []string{"ki_siglist", "ki_sigmask", "ki_sigignore", "ki_sigcatch"} {
		r.put(f, 4, 1<<i)
	}
	for i, f := range []string{"ki_size", "ki_rssize", "ki_swrss", "ki_tsize", "ki_dsize", "ki_ssize"} {
		r.put(f, w, uint64(2000+i))
	}
	for f, s := range map[string]string{
		"ki_comm": "nineteen-bytes-long", "ki_tdname": "sixteen-of-them!", "ki_moretdname": "abc", "ki_wmesg": "kqread",
		"ki_login": "root", "ki_lockname": "Giant", "ki_emul": "FreeBSD ELF64", "ki_loginclass": "daemon",
	} {
		r.text(f, s)
	}
	r.put("ki_pri.pri_class", 1, 3)
	r.put("ki_pri.pri_level", 1, 120)
	for i, u := range []string{"ki_rusage.", "ki_rusage_ch."} {
		n := uint64(100 * i)
		r.put(u+"ru_utime.tv_sec", sec, 1+n)
		r.put(u+"ru_utime.tv_usec", w, 11)
		r.put(u+"ru_stime.tv_sec", sec, 2+n)
		r.put(u+"ru_stime.tv_usec", w, 22)
		for j, f := range []string{"maxrss", "minflt", "majflt", "inblock", "oublock", "msgsnd", "msgrcv", "nsignals", "nvcsw", "nivcsw"} {
			r.put(u+"ru_"+f, w, 3000+n+uint64(j))
		}
	}
	return r.mem
}

func TestProcOfEveryPort(t *testing.T) {
	needs.Kernel(t)
	var first string
	for _, release := range releases {
		for _, port := range ports {
			made := madeProc(t, release, port)
			list, err := Collect(DecodeProcs(append(bytes.Clone(made), made...), 4096))
			if err != nil || len(list) != 2 {
				t.Fatalf("%s, %s: %d records, %v", release, port, len(list), err)
			}
			p := list[1]
			checkProc(t, &p)
			text := fmt.Sprintf("%+v", p)
			if first == "" {
				first = text
			}
			if text != first {
				t.Errorf("%s, %s: the same process reads otherwise:\n%s\n%s", release, port, text, first)
			}
		}
	}
}

func checkProc(t *testing.T, p *Proc) {
	t.Helper()
	groups, all := p.Groups()
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"ids", []int{p.Pid, p.Ppid, p.Pgid, p.Tpgid, p.Sid, p.Tsid}, []int{1000, 1001, 1002, 1003, 1004, 1005}},
		{"users", []uint32{p.Uid, p.Ruid, p.Svuid, p.Gid, p.Rgid, p.Svgid}, []uint32{1006, 1007, 1008, 1011, 1009, 1010}},
		{"groups", fmt.Sprint(groups, all), "[1011 77] false"},
		{"others", []int{p.Tracer, p.FIB, p.Jid, p.Threads, p.Tid, p.CPU, p.LastCPU}, []int{1017, 1019, 1020, 1021, 1022, 1015, 1016}},
		{"flags", []uint32{p.Flags, p.KiFlags, p.Flags2, p.TraceFlags, p.CredFlags}, []uint32{1023, 1024, 1018, 1014, 0x80000001}},
		{"state", fmt.Sprint(p.State, p.Nice, p.ExitStatus, p.Class, p.Priority), "sleep -20 9 3 120"},
		{"terminal", p.TTY, uint64(1)<<40 | 7},
		{"start", p.Start.UnixMicro(), int64(1_700_000_000_250_000)},
		{"times", []time.Duration{p.RunTime, p.Sleep}, []time.Duration{5_000_001 * time.Microsecond, 1013 * time.Second}},
		{"percent", p.PercentCPU, 50.0},
		{"sizes", []uint64{p.VirtualSize, p.Resident, p.TextSize, p.DataSize, p.StackSize}, []uint64{2000, 2001 * 4096, 2003 * 4096, 2004 * 4096, 2005 * 4096}},
		{"copies", p.CopyOnWrites, uint32(1012)},
		{"address", p.Address, uint64(0x7654_3210)},
		{"signals", fmt.Sprint(p.SignalsPending.Has(1), p.SignalsBlocked.Has(2), p.SignalsIgnored.Has(3), p.SignalsCaught.Has(4), p.SignalsCaught.Has(5)), "true true true true false"},
		{"names", []string{p.Command(), p.ThreadName(), p.WaitMessage(), p.Login(), p.LockName(), p.Emulation(), p.LoginClass()},
			[]string{"nineteen-bytes-long", "sixteen-of-them!abc", "kqread", "root", "Giant", "FreeBSD ELF64", "daemon"}},
		{"usage", p.Usage, Usage{1_000_011 * time.Microsecond, 2_000_022 * time.Microsecond, 3000 * 1024, 3001, 3002, 3003, 3004, 3005, 3006, 3007, 3008, 3009}},
		{"children", p.Children, Usage{101_000_011 * time.Microsecond, 102_000_022 * time.Microsecond, 3100 * 1024, 3101, 3102, 3103, 3104, 3105, 3106, 3107, 3108, 3109}},
	} {
		if fmt.Sprint(c.got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.name, c.got, c.want)
		}
	}
}

// Nothing of a long name is left in the next record.
func TestProcReuse(t *testing.T) {
	long := madeProc(t, "freebsd15", "amd64")
	short := make([]byte, 1088)
	copy(short, long[:4])
	i := 0
	for p, err := range DecodeProcs(append(bytes.Clone(long), short...), 4096) {
		if i++; i == 2 && (err != nil || *p != Proc{}) {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

func TestProcsCorrupt(t *testing.T) {
	good := madeProc(t, "freebsd15", "amd64")
	for _, tt := range []struct {
		tail []byte
		want string
	}{
		{[]byte{1}, "corrupt kinfo_proc record at offset 1088: size 0 of 1 bytes left: cut off within its size"},
		{make([]byte, 1088), "size 0 of 1088 bytes left: the size is none of"},
		{append([]byte{0xff, 0xff, 0xff, 0xff}, make([]byte, 1084)...), "size -1 of 1088"},
		{good[:1087], "size 1088 of 1087 bytes left: the record is cut off"},
		{good[:4], "the record is cut off"},
	} {
		list, err := Collect(DecodeProcs(append(bytes.Clone(good), tt.tail...), 4096))
		var c *CorruptError
		if list != nil || !errors.As(err, &c) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.4x: %d records, %v; want %q", tt.tail, len(list), err, tt.want)
		}
	}
}

func FuzzProcs(f *testing.F) {
	for _, port := range ports {
		f.Add(madeProc(f, "freebsd15", port))
	}
	f.Fuzz(func(t *testing.T, table []byte) {
		end := 0
		for p, err := range DecodeProcs(table, 4096) {
			if err != nil {
				return
			}
			end += int(le32(table[end:]))
			if groups, _ := p.Groups(); len(groups) > 16 || len(p.Command()) > 20 || len(p.ThreadName()) > 20 {
				t.Errorf("%d groups, names %q and %q", len(groups), p.Command(), p.ThreadName())
			}
		}
		if end != len(table) {
			t.Errorf("the walk ended at %d of %d without an error", end, len(table))
		}
	})
}

func TestFamily(t *testing.T) {
	var procs []Proc
	for _, p := range [][2]int{{0, 0}, {1, 0}, {10, 1}, {11, 10}, {12, 10}, {13, 12}, {20, 1}, {30, 31}, {31, 30}} {
		procs = append(procs, Proc{Pid: p[0], Ppid: p[1]})
	}
	for _, tt := range []struct {
		got, want []int
	}{
		{Children(procs, 10), []int{11, 12}},
		{Children(procs, 0), []int{1}},
		{Children(procs, 13), nil},
		{Descendants(procs, 1), []int{10, 20, 11, 12, 13}},
		{Descendants(procs, 30), []int{31}},
		{Ancestors(procs, 13), []int{12, 10, 1, 0}},
		{Ancestors(procs, 0), nil},
		{Ancestors(procs, 99), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%v, want %v", tt.got, tt.want)
		}
	}
	if got := Ancestors(procs, 30); len(got) > len(procs) {
		t.Errorf("a cycle gives %d ancestors", len(got))
	}
}

func BenchmarkProcs(b *testing.B) {
	table := bytes.Repeat(madeProc(b, "freebsd15", "amd64"), 100)
	var p Proc
	b.ReportAllocs()
	for b.Loop() {
		decodeProcs(table, 4096, &p, func(*Proc, error) bool { return true })
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/record")
}
