// Package headers finds FreeBSD's headers: in a source tree, where they lie
// all over, or in an unpacked base system.
package headers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A Tree holds the headers of one release.
type Tree struct {
	Root    string
	Source  bool   // a source tree: it serves every port
	Version int    // what __FreeBSD_version is, where the headers lack it
	version string // what the headers say it is, once they have been read
	links   string // of a source tree: links between the headers, which a build of the system would have made
}

// arch is the place of a port's name in the name of a base system.
const arch = "{arch}"

// shared is the directory of the links that are the same for every port.
const shared = "shared"

// machines are the directories in sys/ that ports come from.
var machines = [...]string{facts.AMD64: "amd64", facts.ARM64: "arm64", facts.I386: "i386", facts.ARM: "arm", facts.RISCV64: "riscv"}

// Open looks at a directory and finds out what it is. Close the tree after
// use.
func Open(root string) (*Tree, error) {
	if exists(root, "sys/sys/param.h") {
		return OpenSource(root)
	}
	if t, err := OpenSysroot(root); err == nil {
		return t, nil
	}
	return nil, fmt.Errorf("%s is neither a FreeBSD source tree, which has sys/sys/param.h, nor a base system, which has usr/include/sys/param.h", root)
}

// OpenSource opens a source tree.
func OpenSource(root string) (*Tree, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	for _, need := range []string{"sys/sys/param.h", "include/stdio.h"} {
		if !exists(root, need) {
			return nil, fmt.Errorf("%s is no FreeBSD source tree: it has no %s (an unpacked base system goes with -sysroot)", root, need)
		}
	}
	t := &Tree{Root: root, Source: true}
	if t.links, err = os.MkdirTemp("", "rawsys-headers"); err != nil {
		return nil, err
	}
	if err := t.install(); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// OpenSysroot opens an unpacked base system. {arch} in its name stands for the
// port, where there is one for each.
func OpenSysroot(root string) (*Tree, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(root, arch) && !exists(root, "usr/include/sys/param.h") {
		return nil, fmt.Errorf("%s is no FreeBSD base system: it has no usr/include/sys/param.h (a source tree goes with -src)", root)
	}
	return &Tree{Root: root}, nil
}

// Close removes what Open made.
func (t *Tree) Close() error {
	if t.links == "" {
		return nil
	}
	return os.RemoveAll(t.links)
}

// Include returns where the compiler has to look for headers, in order.
func (t *Tree) Include(p facts.Port) []string {
	if t.Source {
		return []string{filepath.Join(t.links, p.String()), filepath.Join(t.links, shared), filepath.Join(t.Root, "include"), filepath.Join(t.Root, "sys")}
	}
	return []string{filepath.Join(strings.ReplaceAll(t.Root, arch, p.String()), "usr/include")}
}

// Job returns a job for the compiler that finds a port's headers.
func (t *Tree) Job(p facts.Port, release, source string, args ...string) clang.Job {
	j := clang.Job{Port: p, Release: release, Include: t.Include(p), Source: source, Args: args}
	if t.Version != 0 {
		j.Define = append(j.Define, fmt.Sprintf("__FreeBSD_version=%d", t.Version))
	}
	return j
}

// Has reports whether a port has a header.
func (t *Tree) Has(p facts.Port, header string) bool {
	return t.find(p, header) != ""
}

// find returns where a port's header is, or nothing.
func (t *Tree) find(p facts.Port, header string) string {
	for _, dir := range t.Include(p) {
		if exists(dir, header) {
			return filepath.Join(dir, header)
		}
	}
	return ""
}

var (
	directive = regexp.MustCompile(`^#\s*(include|if|ifdef|ifndef|else|elif|endif|pragma|error|warning|undef)\b`)
	guard     = regexp.MustCompile(`^#\s*define\s+\w+$`)
	include   = regexp.MustCompile(`^#\s*include\s*[<"]([^>"]+)[>"]`)
)

// Redirects returns the headers that a port's header includes, if it does
// nothing else: what these define is as good as its own. Those that they
// redirect to are among them.
func (t *Tree) Redirects(p facts.Port, header string) []string {
	var to []string
	t.redirects(p, header, &to)
	return to
}

func (t *Tree) redirects(p facts.Port, header string, to *[]string) {
	src, err := os.ReadFile(t.find(p, header))
	if err != nil {
		return
	}
	var names []string
	for line := range strings.SplitSeq(withoutComments(string(src)), "\n") {
		line = strings.TrimSpace(line)
		if m := include.FindStringSubmatch(line); m != nil {
			names = append(names, m[1])
		} else if line != "" && !directive.MatchString(line) && !guard.MatchString(line) {
			return
		}
	}
	for _, name := range names {
		if !slices.Contains(*to, name) {
			*to = append(*to, name)
			t.redirects(p, name, to)
		}
	}
}

// withoutComments puts a space in the place of each comment.
func withoutComments(src string) string {
	var b strings.Builder
	for {
		code, rest, found := strings.Cut(src, "/")
		b.WriteString(code)
		switch {
		case !found:
			return b.String()
		case strings.HasPrefix(rest, "*"):
			_, src, _ = strings.Cut(rest[1:], "*/")
			b.WriteByte(' ')
		case strings.HasPrefix(rest, "/"):
			_, src, _ = strings.Cut(rest, "\n")
			b.WriteByte('\n')
		default:
			src = rest
			b.WriteByte('/')
		}
	}
}

// Name returns what #include calls the file at a path.
func (t *Tree) Name(p facts.Port, path string) string {
	for _, dir := range t.Include(p) {
		if name, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(name) {
			return filepath.ToSlash(name)
		}
	}
	return path
}

// Read returns the contents of a file of the tree.
func (t *Tree) Read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(t.Root, name)) }

// Ports returns the ports that the tree can serve.
func (t *Tree) Ports(ctx context.Context, cc clang.Compiler) ([]facts.Port, error) {
	if t.Source {
		return facts.AllPorts(), nil
	}
	served := make([]bool, len(machines))
	err := clang.EachPort(ctx, facts.AllPorts(), func(ctx context.Context, _ int, p facts.Port) error {
		if strings.Contains(t.Root, arch) && !t.Has(p, "sys/param.h") {
			return nil
		}
		name, err := t.macro(ctx, cc, p, "machine/param.h", "MACHINE")
		served[p] = name == `"`+machines[p]+`"`
		return err
	})
	if err != nil {
		return nil, err
	}
	ports := slices.DeleteFunc(facts.AllPorts(), func(p facts.Port) bool { return !served[p] })
	if len(ports) == 0 {
		return nil, fmt.Errorf("%s serves none of the ports %v: is it unpacked completely?", t.Root, facts.AllPorts())
	}
	return ports, nil
}

// Serves checks that the tree can serve the ports that are wanted: all that it
// can, when none is named.
func (t *Tree) Serves(ctx context.Context, cc clang.Compiler, want []facts.Port) ([]facts.Port, error) {
	have, err := t.Ports(ctx, cc)
	if err != nil || len(want) == 0 {
		return have, err
	}
	for _, p := range want {
		if !slices.Contains(have, p) {
			return nil, fmt.Errorf("%s has no headers for %s: it serves %v", t.Root, p, have)
		}
	}
	return want, nil
}

// Release reads which release the tree is from __FreeBSD_version.
func (t *Tree) Release(ctx context.Context, cc clang.Compiler, p facts.Port) (facts.Release, error) {
	if t.version == "" {
		s, err := t.macro(ctx, cc, p, "sys/param.h", "__FreeBSD_version")
		if err != nil {
			return facts.Release{}, err
		}
		t.version = s
	}
	n, err := strconv.Atoi(t.version)
	switch {
	case err != nil || n < 100000:
		return facts.Release{}, fmt.Errorf("sys/param.h in %s does not define __FreeBSD_version as a number: is it FreeBSD's? Where a copy of the headers has lost it, say what it was by -version", t.Root)
	case t.Version != 0 && t.Version != n:
		return facts.Release{}, fmt.Errorf("the headers in %s are of version %d, not %d: leave out -version", t.Root, n, t.Version)
	}
	name := fmt.Sprintf("%d.%d", n/100000, n/1000%100)
	if n%1000 >= 500 { // what comes after a release on its branch counts from there
		name += "-STABLE"
	}
	return facts.Release{System: "freebsd", Name: name, Version: n}, nil
}

// macro returns the text of a macro that a header defines; it may be empty.
func (t *Tree) macro(ctx context.Context, cc clang.Compiler, p facts.Port, header, name string) (string, error) {
	out, err := cc.Run(ctx, t.Job(p, "", "#include <"+header+">\n", "-E", "-dM"))
	if err != nil {
		return "", err
	}
	m := regexp.MustCompile(`(?m)^#define ` + name + ` (.*)$`).FindSubmatch(out)
	if m == nil {
		return "", nil
	}
	return string(m[1]), nil
}

func exists(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
