package zsys_test

import (
	"bufio"
	"bytes"
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// TestXSys compares every name that golang.org/x/sys/unix has too with it, on each
// port: constants by value, structs by the offsets and sizes of the fields that
// both name. What differs has to be in testdata/xsys.txt with its reason, and what
// is there has to differ.
func TestXSys(t *testing.T) {
	dir := xsysDir(t)
	found := make(map[string][]string) // difference: ports
	for _, arch := range ports {
		own := load(t, ".", arch, true, data)
		theirs := load(t, dir, arch, false, func(name string) bool {
			return strings.HasPrefix(name, "z") && !strings.HasPrefix(name, "zsyscall")
		})
		diffs, consts := constants(own, theirs)
		more, fields := structs(t, own, theirs, arch)
		if consts < 800 || fields < 50 {
			t.Errorf("%s: only %d constants and %d fields are in both: was x/sys understood?", arch, consts, fields)
		}
		t.Logf("%s: %d constants and %d fields are in both", arch, consts, fields)
		for _, d := range append(diffs, more...) {
			found[d] = append(found[d], arch)
		}
	}
	known := readDifferences(t)
	for _, d := range slices.Sorted(maps.Keys(found)) {
		key := d + "  " + strings.Join(found[d], ",")
		if _, ok := known[key]; !ok {
			t.Errorf("not in testdata/xsys.txt (add its reason):\n%s", key)
		}
		delete(known, key)
	}
	for key := range known {
		t.Errorf("in testdata/xsys.txt, but no difference (remove it):\n%s", key)
	}
}

// xsysDir returns the directory of x/sys/unix in the module cache.
func xsysDir(t *testing.T) string {
	t.Helper()
	return filepath.Join(goRun(t, "list", "-m", "-f", "{{.Dir}}", "golang.org/x/sys"), "unix")
}

// goRun returns what a go command answers. Without one there is no source to
// compare with.
func goRun(t *testing.T, args ...string) string {
	t.Helper()
	needs.Go(t)
	needs.NoRace(t)
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	answer := strings.TrimSpace(string(out))
	if err != nil || answer == "" {
		t.Skipf("needs the source of golang.org/x/sys in the module cache (go mod download): %v", err)
	}
	return answer
}

// constants returns what differs, and how many names are in both.
func constants(own, theirs *types.Package) (diffs []string, common int) {
	for _, name := range own.Scope().Names() {
		a, ok := own.Scope().Lookup(name).(*types.Const)
		b, ok2 := theirs.Scope().Lookup(name).(*types.Const)
		if !ok || !ok2 {
			continue
		}
		common++
		if x, y := constant.ToInt(a.Val()), constant.ToInt(b.Val()); !constant.Compare(x, token.EQL, y) {
			diffs = append(diffs, fmt.Sprintf("%s  %s  %s", name, hex(x), hex(y)))
		}
	}
	return diffs, common
}

func hex(v constant.Value) string {
	if n, ok := constant.Uint64Val(v); ok && n >= 1<<16 {
		return fmt.Sprintf("%#x", n)
	}
	return v.ExactString()
}

// pairs are the structs that both have, by this package's name and x/sys's.
var pairs = [][2]string{
	{"Stat", "Stat_t"}, {"Timespec", "Timespec"}, {"Timeval", "Timeval"}, {"Iovec", "Iovec"}, {"Msghdr", "Msghdr"},
	{"StatfsT", "Statfs_t"}, {"KeventT", "Kevent_t"}, {"FlockT", "Flock_t"}, {"Rusage", "Rusage"}, {"Rlimit", "Rlimit"}, {"Dirent", "Dirent"},
	{"Linger", "Linger"}, {"Cmsghdr", "Cmsghdr"}, {"Xucred", "Xucred"}, {"IpMreq", "IPMreq"}, {"IpMreqn", "IPMreqn"}, {"Ipv6Mreq", "IPv6Mreq"},
	{"SockaddrDl", "RawSockaddrDatalink"}, {"Reg", "Reg"}, {"Fpreg", "FpReg"}, {"Termios", "Termios"}, {"Winsize", "Winsize"}, {"PtraceIoDesc", "PtraceIoDesc"}, {"FdSet", "FdSet"},
	{"BpfHdr", "BpfHdr"}, {"BpfInsn", "BpfInsn"}, {"BpfProgram", "BpfProgram"}, {"BpfStat", "BpfStat"}, {"RtMetrics", "RtMetrics"}, {"RtMsghdr", "RtMsghdr"},
	{"IfMsghdr", "IfMsghdr"}, {"IfaMsghdr", "IfaMsghdr"}, {"Pollfd", "PollFd"}, {"Sigset", "Sigset_t"}, {"Siginfo", "__Siginfo"},
	{"Fsid", "Fsid"}, {"CapRights", "CapRights"}, {"SockaddrIn", "RawSockaddrInet4"},
	{"SockaddrIn6", "RawSockaddrInet6"}, {"SockaddrUn", "RawSockaddrUnix"},
}

// structs returns what differs, and how many fields are in both.
func structs(t *testing.T, own, theirs *types.Package, arch string) (diffs []string, common int) {
	sizes := types.SizesFor("gc", arch)
	for _, pair := range pairs {
		a, b := fields(own, pair[0], sizes), fields(theirs, pair[1], sizes)
		if a == nil || b == nil {
			t.Errorf("%s: %s or x/sys's %s is not there", arch, pair[0], pair[1])
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(a)) {
			if _, ok := b[name]; !ok {
				continue
			}
			common++
			if a[name] != b[name] {
				diffs = append(diffs, fmt.Sprintf("%s.%s  %s  %s", pair[0], name, a[name], b[name]))
			}
		}
	}
	return diffs, common
}

// fields returns offset+size of each field, and the size of all under sizeof.
func fields(pkg *types.Package, name string, sizes types.Sizes) map[string]string {
	obj := pkg.Scope().Lookup(name)
	if obj == nil {
		return nil
	}
	s := obj.Type().Underlying().(*types.Struct)
	vars := make([]*types.Var, s.NumFields())
	for i := range vars {
		vars[i] = s.Field(i)
	}
	out := map[string]string{"sizeof": fmt.Sprint(sizes.Sizeof(s))}
	for i, offset := range sizes.Offsetsof(vars) {
		if vars[i].Exported() {
			out[vars[i].Name()] = fmt.Sprintf("%d+%d", offset, sizes.Sizeof(vars[i].Type()))
		}
	}
	return out
}

// readDifferences reads lines of name, own value, x/sys's value, ports and
// reason, two blanks in between.
func readDifferences(t *testing.T) map[string]string {
	t.Helper()
	src, err := os.ReadFile("testdata/xsys.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	for s := bufio.NewScanner(bytes.NewReader(src)); s.Scan(); {
		line := s.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.SplitN(line, "  ", 5)
		if len(words) != 5 || len(words[4]) < 10 {
			t.Errorf("testdata/xsys.txt: %q is not name, own value, x/sys's value, ports and reason, two blanks in between", line)
			continue
		}
		out[strings.Join(words[:4], "  ")] = words[4]
	}
	return out
}
