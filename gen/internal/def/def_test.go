package def

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rawsys-go/rawsys/gen/internal/text"
)

var ignorePos = cmpopts.IgnoreTypes(text.Pos{})

const sample = `# everything the grammar has
manifest 1
release freebsd 15.0
arch amd64 386
ctype size_t uintptr
descriptors fd s

header sys/types.h
typedef dev_t Dev
	since 1.0
	doc Device number.

header sys/user.h
	include sys/types.h sys/param.h
	define _WANT_IT
struct kinfo_file KinfoFile
	strip _kf_ kf_
	hide *pad* *spare* !kf_spare9
	field kf_type Type KfType
	field $1.$2 Un
	since 9.0
	man sysctl(3)
	doc First # line.
	doc
	doc Second "paragraph".
view kinfo_file kf_un.kf_sock Sock KinfoFileSock
	strip kf_sock_ kf_
	since 9.0
union sigval Sigval
const KF_* !KF_TYPE_* PATH_MAX
	since 13.0 KF_NEW* KF_NEWER
	since >12.1 KF_LATER
	octal
	note PATH_MAX bytes in a path # with NUL
	since 9.0
enum KfType int32 KF_TYPE_*
	untyped
flags KfFlag uint32 enum.kf_flag KF_FLAG_*
errno
numbers SYS_
	except lkmnosys*
call getpid raw returns int since 1.0 man getpid(2) doc Getpid says who asks.
call _umtx_op Umtx
	returns int man _umtx_op(2)
	arg op UmtxOp
	arg obj unsafe.Pointer
`

func TestRoundTrip(t *testing.T) {
	m, err := Parse("sample", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	out := format(m)
	again, err := Parse("again", out)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if d := cmp.Diff(m, again, ignorePos); d != "" {
		t.Errorf("Parse(format(m)) is not m (-m +again):\n%s", d)
	}
	if !bytes.Equal(format(again), out) {
		t.Error("format is not stable")
	}
	if n := len(Items[*Call](m)); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

func TestMatch(t *testing.T) {
	pats := []Word{{Text: "UMTX_*"}, {Text: "!UMTX_OP__*"}, {Text: "PATH_MAX"}}
	for name, want := range map[string]bool{
		"UMTX_OP_WAIT": true, "UMTX_OP__I386": false, "PATH_MAX": true, "PATH_MAX2": false,
	} {
		if got := Match(pats, name); got != want {
			t.Errorf("Match(%s) = %v", name, got)
		}
	}
}

func TestCamelCase(t *testing.T) {
	for c, want := range map[string]string{
		"copy_file_range": "CopyFileRange", "__cap_rights_get": "CapRightsGet", "shm_open2": "ShmOpen2", "": "",
	} {
		if got := CamelCase(c); got != want {
			t.Errorf("CamelCase(%s) = %s, want %s", c, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("manifest 1\nrelease freebsd 15.0\narch arm\n"))
	f.Fuzz(func(t *testing.T, src []byte) {
		m, err := Parse("fuzz", src)
		if err != nil {
			return
		}
		out := format(m)
		again, err := Parse("again", out)
		if err != nil {
			t.Fatalf("formatted manifest is refused: %v\n%s", err, out)
		}
		if d := cmp.Diff(m, again, ignorePos); d != "" {
			t.Fatalf("round trip (-m +again):\n%s", d)
		}
	})
}
