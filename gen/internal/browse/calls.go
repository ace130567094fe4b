package browse

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/compare"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/model"
)

// calls lists the system calls that programs can make: those that are bound, and
// the others of the table, of which Go has the number alone.
func calls(m *model.Model, f *facts.File, h history) []item {
	bound := map[string]*model.Call{}
	for _, c := range m.Calls {
		bound[c.Name] = c
	}
	var items []item
	for i := range f.Syscalls {
		s := &f.Syscalls[i]
		c := bound[s.Name]
		if c == nil && !numbered(m, s) {
			continue
		}
		it := item{Kind: "call", C: s.Name, Man: s.Name + "(2)"}
		if c != nil {
			it = about("call", c.Info)
			it.C, it.Go, it.Signature = s.Name, c.Go, signature(c)
		}
		it.Number, it.Capmode = strconv.Itoa(s.Number), capmode(s)
		it.Proto, it.Changes = compare.Prototype(s), h.of(s.Name)
		items = append(items, it)
	}
	slices.SortFunc(items, func(a, b item) int { return strings.Compare(a.C, b.C) })
	return items
}

func numbered(m *model.Model, s *facts.Syscall) bool {
	return slices.ContainsFunc(m.Numbers, func(n model.Number) bool {
		return n.Number == s.Number && strings.EqualFold(n.Name, "SYS_"+s.Name)
	})
}

// capmode says whether a process in capability mode may make the call. The
// headers of an installation do not tell.
func capmode(s *facts.Syscall) string {
	switch {
	case s.Kind == "":
		return ""
	case slices.Contains(strings.Split(s.Kind, "|"), "CAPENABLED"):
		return "yes"
	}
	return "no"
}

func signature(c *model.Call) string {
	params := make([]string, len(c.Params))
	for i, p := range c.Params {
		params[i] = p.Name + " " + p.Type
	}
	result := "error"
	if c.Result != "" {
		result = "(" + c.Result + ", error)"
	}
	return "func " + c.Go + "(" + strings.Join(params, ", ") + ") " + result
}

// history is what changed between releases, by what it is of: struct.stat for
// the struct and its fields, else a name.
type history map[string][]change

func (h history) of(name string) []change { return h[name] }

func changesOf(releases []*facts.File) history {
	h := history{}
	for i := 1; i < len(releases); i++ {
		r := compare.Facts(releases[i-1], releases[i])
		for _, s := range r.Sections {
			for _, c := range s.Changes {
				text := strings.TrimSuffix(string(c.Kind)+" "+c.Name+": "+c.Detail, ": ")
				h.add(c.Name, change{r.Old.Name, r.New.Name, text, c.Breaks})
			}
		}
	}
	return h
}

func (h history) add(name string, c change) {
	word := strings.SplitN(name, ".", 3)
	if len(word) > 1 { // struct.stat.st_dev: of struct.stat
		name = word[0] + "." + word[1]
	}
	h[name] = append(h[name], c)
}
