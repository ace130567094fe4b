package since

import (
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/gen/internal/def"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

const manifest = `manifest 1
release freebsd 15.0
arch amd64
header sys/s.h
struct always Always
struct late Late
struct latest Latest
struct unasked Unasked
	doc Nobody asked the older releases for it.
view always u.fresh Fresh
view always u.plain Plain
typedef old_t Old
typedef new_t New
const S_* !S_LEFT
const S_LEFT
enum Kind int32 K_*
call early
call later
call gone
`

// always is a struct that every release has; fresh is a member of the newest.
const always = `struct always sys/s.h
	size 4
	align 4
	field u offset 0 type union.always.u c "union {...}"
union always.u sys/s.h
	size 4
	align 4
	field plain offset 0 type int32 c int
`

var releases = map[string]string{
	"12.1-STABLE 1201517": always + `typedef old_t sys/s.h int32
const S_A sys/s.h 1
const K_A sys/s.h 1
syscall 1 early STD int
syscall 3 obs_gone OBSOL
asked sys/s.h struct.always struct.late struct.latest typedef.old_t typedef.new_t
asked sys/s.h S_* !S_LEFT
asked sys/s.h K_*
`,
	"14.3 1403000 installed": always + `typedef old_t sys/s.h int32
typedef new_t sys/s.h int32 from 15.0
struct late sys/s.h
	size 4
	align 4
	field a offset 0 type int32 c int
const S_A sys/s.h 1
const S_B sys/s.h 2
const K_A sys/s.h 1
const K_B sys/s.h 2
syscall 1 early STD int
syscall 2 later STD int
asked sys/s.h struct.always struct.late struct.latest typedef.old_t typedef.new_t
asked sys/s.h S_* !S_LEFT
asked sys/s.h K_*
`,
	"15.0 1500068": always + `	field fresh offset 0 type int32 c int
typedef old_t sys/s.h int32
typedef new_t sys/s.h int32
struct late sys/s.h
	size 4
	align 4
	field a offset 0 type int32 c int
struct latest sys/s.h
	size 4
	align 4
	field a offset 0 type int32 c int
struct unasked sys/s.h
	size 4
	align 4
	field a offset 0 type int32 c int
const S_A sys/s.h 1
const S_B sys/s.h 2
const S_C sys/s.h 3
const S_LEFT sys/s.h 4
const K_A sys/s.h 1
const K_B sys/s.h 2
syscall 1 early STD int
syscall 2 later STD int
syscall 3 gone STD int
`,
}

func read(t *testing.T) (current *facts.File, others []*facts.File) {
	t.Helper()
	for head, body := range releases {
		f, err := facts.Parse(head, []byte("facts 1\nrelease freebsd "+head+"\narch amd64\n"+body))
		if err != nil {
			t.Fatal(err)
		}
		if f.Release.Name == "15.0" {
			current = f
		} else {
			others = append(others, f)
		}
	}
	return current, others
}

func parse(t *testing.T, src string) *def.Manifest {
	t.Helper()
	m, err := def.Parse("s.def", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDerive: what the older facts were asked for and lack is younger than they
// are; what they were never asked for may be as old as it likes.
func TestDerive(t *testing.T) {
	current, others := read(t)
	m := parse(t, manifest)
	counts, err := Complete(m, current, others)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Counts{Names: 17, Younger: 9, Derived: 9}); counts != want {
		t.Errorf("%+v, want %+v", counts, want)
	}
	want := map[string]string{
		"always": "", "late": ">12.1", "latest": "15.0", "unasked": "", "u.fresh": "15.0", "u.plain": "", "old_t": "", "new_t": "15.0",
		"S_*": "", "S_B": ">12.1", "S_C": "15.0", "S_LEFT": "", "Kind": "", "K_B": ">12.1", "early": "", "later": ">12.1", "gone": "15.0",
	}
	got := map[string]string{}
	for _, it := range m.Sections[0].Items {
		name := it.What().Text
		if v, ok := it.(*def.View); ok {
			name = v.Path.Text
		}
		got[name] = it.About().Since.Text
		if c, ok := it.(*def.Const); ok {
			exceptions(got, c)
		} else if e, ok := it.(*def.Enum); ok {
			exceptions(got, &e.Const)
		}
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s: since %q, want %q", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d releases: %v", len(got), got)
	}
}

func exceptions(into map[string]string, c *def.Const) {
	for _, r := range c.Since {
		for _, p := range r.Patterns {
			into[p.Text] = r.Release.Text
		}
	}
}

// TestContradicted: what the manifest says and a release knows better is an
// error at its place.
func TestContradicted(t *testing.T) {
	for _, tt := range []struct{ item, since, want string }{
		{"struct always Always", "13.0", "s.def:6:8: always exists since 13.0, says the manifest, but 12.1-STABLE has it"},
		{"struct latest Latest", ">12.1", "s.def:8:8: latest exists since >12.1, says the manifest, but 14.3 lacks it"},
		{"struct latest Latest", "15.1", "s.def:8:8: latest exists since 15.1, says the manifest, but 15.0 has it"},
		{"const S_* !S_LEFT", "13.0 S_B S_C", "s.def:15:8: S_C exists since 13.0, says the manifest, but 14.3 lacks it"},
		{"enum Kind int32 K_*", "13.0 K_A", "s.def:17:8: K_A exists since 13.0, says the manifest, but 12.1-STABLE has it"},
		{"view always u.fresh Fresh", "12.0", "s.def:11:8: always exists since 12.0, says the manifest, but 12.1-STABLE lacks it"},
		{"call later", "12.0", "s.def:19:8: later exists since 12.0, says the manifest, but 12.1-STABLE lacks it"},
		{"struct late Late", "13.1", ""},
		{"struct unasked Unasked", "14.0", ""},
		{"const S_* !S_LEFT", "13.0 S_B", ""},
	} {
		current, others := read(t)
		m := parse(t, strings.Replace(manifest, tt.item+"\n", tt.item+"\n\tsince "+tt.since+"\n", 1))
		_, err := Complete(m, current, others)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
			t.Errorf("%s since %s: %v\nwant %s", tt.item, tt.since, err, tt.want)
		}
	}
}
