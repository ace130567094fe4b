package headers

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

// A source tree has some headers elsewhere than where an installation has them:
// <errno.h> is sys/errno.h, <float.h> is machine/float.h. Without them the
// compiler finds its own or nothing. include/Makefile says which these are.

// install makes the links that a system's build would make: a port's own in a
// directory for each, and in one more those that all ports share.
func (t *Tree) install() error {
	m, err := t.makefile()
	if err != nil {
		return err
	}
	for _, p := range facts.AllPorts() {
		links := map[string]string{"machine": "sys/" + machines[p] + "/include"}
		if p == facts.AMD64 || p == facts.I386 {
			links["x86"] = "sys/x86/include"
		}
		for _, name := range m.words("MHDRS") {
			links[name] = links["machine"] + "/" + name
		}
		if err := t.link(filepath.Join(t.links, p.String()), links); err != nil {
			return err
		}
	}
	links := map[string]string{}
	for _, name := range m.words("LHDRS", "PHDRS") {
		links[name] = "sys/sys/" + name
	}
	t.groups(m, links)
	dir := filepath.Join(t.links, shared)
	if err := t.link(dir, links); err != nil {
		return err
	}
	return t.osreldate(dir)
}

// link makes a directory with links to files of the tree, where these exist and
// are not found without.
func (t *Tree) link(dir string, links map[string]string) error {
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	for name, to := range links {
		if !exists(t.Root, to) || exists(t.Root, "include/"+name) || name != "machine" && name != "x86" && exists(t.Root, "sys/"+name) {
			continue
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777); err != nil {
			return err
		}
		if err := os.Symlink(filepath.Join(t.Root, to), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// groups adds the headers that go into directories of another name: a group's
// variable lists them, another one has the directory, and the search path says
// where they are.
func (t *Tree) groups(m makefile, links map[string]string) {
	for name, dir := range m {
		group, ok := strings.CutSuffix(name, "DIR")
		to, installed := strings.CutPrefix(dir, "${INCLUDEDIR}/")
		if !ok || !installed {
			continue
		}
		for _, header := range m.words(group) {
			for path := range strings.FieldsSeq(m[".PATH"]) {
				if from := strings.TrimPrefix(path, "${SRCTOP}/") + "/" + header; exists(t.Root, from) {
					links[to+"/"+filepath.Base(header)] = from
					break
				}
			}
		}
	}
}

var versionLine = regexp.MustCompile(`(?m)^#define\s+__FreeBSD_version\s+(\d+)`)

// osreldate writes the header that a build makes of a line in sys/param.h.
func (t *Tree) osreldate(dir string) error {
	src, err := t.Read("sys/sys/param.h")
	if err != nil {
		return err
	}
	m := versionLine.FindSubmatch(src)
	if m == nil {
		return nil // Release says so
	}
	t.version = string(m[1])
	return os.WriteFile(filepath.Join(dir, "osreldate.h"), fmt.Appendf(nil, "#undef __FreeBSD_version\n#define __FreeBSD_version %s\n", m[1]), 0o666)
}

// makefile is the variables of a makefile. What it adds to a variable under
// conditions counts always.
type makefile map[string]string

var assignment = regexp.MustCompile(`^([A-Z0-9_]+|\.PATH)\s*[+?]?[=:]\s*(.*)$`)

// makefile reads include/Makefile. A tree without one has what it has.
func (t *Tree) makefile() (makefile, error) {
	src, err := t.Read("include/Makefile")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	m := makefile{}
	for line := range strings.SplitSeq(strings.ReplaceAll(string(src), "\\\n", " "), "\n") {
		if a := assignment.FindStringSubmatch(line); a != nil {
			m[a[1]] = strings.TrimSpace(m[a[1]] + " " + a[2])
		}
	}
	return m, err
}

func (m makefile) words(names ...string) []string {
	var out []string
	for _, name := range names {
		out = append(out, strings.Fields(m[name])...)
	}
	return out
}
