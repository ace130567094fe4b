package kinfo

import (
	"encoding/binary"
	"os"
	"strconv"
	"strings"
	"testing"
)

// releases are those whose facts the tree has, and ports those of Go.
var (
	releases = []string{"freebsd12", "freebsd14", "freebsd15"}
	ports    = []string{"amd64", "arm64", "386", "arm", "riscv64"}
)

// layout is what the facts of a release say about a structure on one port.
type layout struct {
	size   int
	fields map[string]int // offsets by C name, those of structures inside with a dot
}

// factsOf reads the layout of a structure out of defs, and of the structures that
// it holds.
func factsOf(t testing.TB, release, port, tag string) layout {
	t.Helper()
	src, err := os.ReadFile("../defs/" + release + ".facts")
	if err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(src), "\nstruct "+tag+" ")
	if !ok {
		t.Fatalf("%s has no struct %s", release, tag)
	}
	l := layout{fields: map[string]int{}}
	for line := range strings.Lines(body[strings.Index(body, "\n")+1:]) {
		words := strings.Fields(line)
		if len(words) == 0 || line[0] != '\t' {
			break
		}
		switch words[0] {
		case "size":
			l.size = onPort(t, port, words[1:])
		case "field":
			l.fields[words[1]] = onPort(t, port, words[3:])
			l.inner(t, release, port, words)
		}
	}
	return l
}

// inner adds the fields of a structure inside.
func (l *layout) inner(t testing.TB, release, port string, words []string) {
	for i, w := range words {
		if w != "type" || !strings.HasPrefix(words[i+1], "struct.") {
			continue
		}
		in := factsOf(t, release, port, strings.TrimPrefix(words[i+1], "struct."))
		for name, off := range in.fields {
			l.fields[words[1]+"."+name] = l.fields[words[1]] + off
		}
	}
}

// onPort picks a port's value: a default, and overrides for ports that differ.
func onPort(t testing.TB, port string, words []string) int {
	t.Helper()
	value := words[0]
	for _, w := range words[1:] {
		arch, v, ok := strings.Cut(w, ":")
		if !ok {
			break
		}
		if arch == port {
			value = v
		}
	}
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatalf("%s: %v", words, err)
	}
	return n
}

// record is a structure in the making.
type record struct {
	t testing.TB
	layout
	mem []byte
}

func newRecord(t testing.TB, release, port, tag string) *record {
	l := factsOf(t, release, port, tag)
	return &record{t, l, make([]byte, l.size)}
}

// put stores an integer of width bytes in a field.
func (r *record) put(field string, width int, v uint64) {
	r.t.Helper()
	off, ok := r.fields[field]
	if !ok {
		r.t.Fatalf("no field %s", field)
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	copy(r.mem[off:off+width], b[:])
}

func (r *record) text(field, s string) {
	r.t.Helper()
	off, ok := r.fields[field]
	if !ok {
		r.t.Fatalf("no field %s", field)
	}
	copy(r.mem[off:], s)
}

func wordOf(port string) int {
	if port == "386" || port == "arm" {
		return 4
	}
	return 8
}

func secondsOf(port string) int {
	if port == "386" {
		return 4
	}
	return 8
}
