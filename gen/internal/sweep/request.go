package sweep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/extract"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
)

// preludes are headers that others expect in front of them, from few to many.
var preludes = [][]string{
	nil,
	{"sys/types.h"},
	{"sys/param.h", "sys/time.h", "sys/queue.h"},
	{"sys/param.h", "sys/time.h", "sys/queue.h", "sys/socket.h", "net/if.h", "netinet/in.h"},
	{
		"sys/param.h", "sys/time.h", "sys/queue.h", "sys/socket.h", "net/if.h", "netinet/in.h", "netinet/in_systm.h",
		"netinet/ip.h", "sys/mount.h", "stdio.h", "stdint.h", "stdbool.h", "vm/vm.h",
	},
}

// guarded matches what headers say, by #error or otherwise, that are not for
// programs in C.
var guarded = regexp.MustCompile(`(?i)user-serviceable|kernel|not.* include|only be included|included directly|unsupported|C\+\+|not supported`)

// prelude finds out what a header needs in front of it. It compiles then on
// the first port that it does on; whether it does on those behind it, extraction tells.
func (s *sweep) prelude(ctx context.Context, name string) (prelude []string, err error) {
	var last error
	for _, p := range s.having(name) {
		for _, usual := range preludes {
			prelude := slices.DeleteFunc(slices.Clone(usual), func(h string) bool { return !s.everywhere(h) })
			err := s.compiles(ctx, p, prelude, name)
			if err == nil || ctx.Err() != nil {
				return prelude, ctx.Err()
			}
			if guarded.MatchString(err.Error()) {
				last = err
				break
			}
			if last == nil || !guarded.MatchString(last.Error()) {
				last = err
			}
		}
	}
	return nil, cmp.Or(last, errors.New("no port has it"))
}

// having returns the ports that have a header.
func (s *sweep) having(name string) []facts.Port {
	return slices.DeleteFunc(slices.Clone(s.Ports), func(p facts.Port) bool { return !s.Tree.Has(p, name) })
}

func (s *sweep) everywhere(name string) bool {
	return !slices.ContainsFunc(s.Ports, func(p facts.Port) bool { return !s.Tree.Has(p, name) })
}

// compiles tries a header behind others, and in front of those that extraction adds:
// it must not spoil them.
func (s *sweep) compiles(ctx context.Context, p facts.Port, prelude []string, name string) error {
	var b strings.Builder
	for _, h := range slices.Concat(prelude, []string{name}, extract.TableHeaders()) {
		if s.Tree.Has(p, h) {
			fmt.Fprintf(&b, "#include <%s>\n", h)
		}
	}
	_, err := s.CC.Run(ctx, s.Tree.Job(p, s.release.Name, b.String(), "-fsyntax-only"))
	return err
}

var (
	tagged   = regexp.MustCompile(`(?m)^\s*(?:typedef\s+)?(struct|union|enum)\s+([A-Za-z_]\w*)\s*\{`)
	comment  = regexp.MustCompile(`(?s)/\*.*?\*/`)
	anything = regexp.MustCompile(`(?m)^\s*#\s*define\s+[A-Za-z_]\w*[ \t]+\S|^\s*#\s*include|\benum\b`)
)

// request asks for all that a header has: every constant, and every type with a
// tag that its text defines on some port. What turns out not to be there does not
// count: it may be for the kernel.
func (s *sweep) request(name string, prelude []string) (h extract.Header, empty bool) {
	const future = "99.0"
	want := func(name string) extract.Want {
		return extract.Want{Word: text.Word{Text: name, Pos: text.Pos{File: name, Line: 1, Col: 1}}, Since: future}
	}
	h = extract.Header{Name: want(name).Word, Consts: [][]extract.Want{{want("*")}}}
	for _, p := range prelude {
		h.Include = append(h.Include, want(p).Word)
	}
	empty = true
	for _, p := range s.Ports {
		code := comment.ReplaceAllString(s.read(p, name), " ")
		empty = empty && !anything.MatchString(code)
		for _, m := range tagged.FindAllStringSubmatch(code, -1) {
			if w := want(m[1] + "." + m[2]); !slices.Contains(h.Aggregates, w) {
				h.Aggregates = append(h.Aggregates, w)
			}
		}
	}
	return h, empty && len(h.Aggregates) == 0
}

// read returns a port's header, or nothing.
func (s *sweep) read(p facts.Port, name string) string {
	for _, dir := range s.Tree.Include(p) {
		if src, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			return string(src)
		}
	}
	return ""
}
