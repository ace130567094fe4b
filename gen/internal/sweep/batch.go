package sweep

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/extract"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
	"github.com/rawsys-go/rawsys/gen/internal/text"
	"github.com/rawsys-go/rawsys/gen/internal/witness"
)

// Most of the time goes into starting the compiler, thirty times for a header.
// So headers that want the same in front of them go through together, as those
// of a manifest do. Where anything is wrong with a batch that is not about one of
// its headers by name, its halves are tried: a verdict is always about the header
// alone.

// A candidate is a header that compiles, and what is asked of it.
type candidate struct {
	name    string
	prelude []string
	ports   []facts.Port // that have it
	want    extract.Header
}

// all puts headers through, in batches of those that are alike.
func (s *sweep) all(ctx context.Context, names []string) ([]Result, error) {
	waiting := map[string][]candidate{}
	var order []string
	for i, name := range names {
		if s.Progress != nil {
			s.Progress(i, len(names), name)
		}
		c, r := s.candidate(ctx, name)
		if ctx.Err() != nil {
			return s.out, ctx.Err()
		}
		if c == nil {
			s.tell(r)
			continue
		}
		like := fmt.Sprint(c.prelude, c.ports)
		if waiting[like] == nil {
			order = append(order, like)
		}
		if waiting[like] = append(waiting[like], *c); len(waiting[like]) >= max(s.Batch, 1) {
			s.batch(ctx, waiting[like])
			waiting[like] = waiting[like][:0]
		}
	}
	for _, like := range order {
		s.batch(ctx, waiting[like])
	}
	slices.SortFunc(s.out, func(a, b Result) int { return strings.Compare(a.Header, b.Header) })
	return s.out, ctx.Err()
}

func (s *sweep) tell(r Result) {
	if s.Result != nil {
		s.Result(r)
	}
	s.out = append(s.out, r)
}

// candidate finds out whether there is anything to extract from a header.
func (s *sweep) candidate(ctx context.Context, name string) (*candidate, Result) {
	r := Result{Header: name}
	prelude, err := s.prelude(ctx, name)
	if err != nil {
		r.Outcome, r.Reasons = Needs, []string{firstLine(err)}
		if guarded.MatchString(err.Error()) {
			r.Outcome = Guarded
		}
		return nil, r
	}
	want, empty := s.request(name, prelude)
	if empty {
		r.Outcome = Empty
		return nil, r
	}
	return &candidate{name: name, prelude: prelude, ports: s.having(name), want: want}, r
}

// batch puts headers through at once, and those of a batch that comes out
// otherwise than well in halves.
func (s *sweep) batch(ctx context.Context, cs []candidate) {
	if len(cs) == 0 || ctx.Err() != nil {
		return
	}
	results, clear := s.together(ctx, cs)
	switch {
	case ctx.Err() != nil:
	case len(cs) == 1 && results[0].Outcome == Failed && s.narrow(ctx, &cs[0]):
		s.batch(ctx, cs)
	case len(cs) > 1 && !clear:
		s.batch(ctx, cs[:len(cs)/2])
		s.batch(ctx, cs[len(cs)/2:])
	default:
		for _, r := range results {
			s.tell(r)
		}
	}
}

// narrow leaves out the ports on which a header does not compile. It tells whether
// there are some.
func (s *sweep) narrow(ctx context.Context, c *candidate) bool {
	before := len(c.ports)
	c.ports = slices.DeleteFunc(c.ports, func(p facts.Port) bool { return s.compiles(ctx, p, c.prelude, c.name) != nil })
	return len(c.ports) < before
}

// together extracts from headers, and has the compiler confirm it. It tells
// whether it is clear which header each reason is about.
func (s *sweep) together(ctx context.Context, cs []candidate) (results []Result, clear bool) {
	request, include := &extract.Request{}, slices.Clone(cs[0].prelude)
	for _, c := range cs {
		results = append(results, Result{Header: c.name})
		request.Headers = append(request.Headers, c.want)
		include = append(include, c.name)
	}
	clear = true
	partly := func(r *Result, why string) { r.Outcome, r.Reasons = Partly, append(r.Reasons, why) }
	f, err := extract.Run(ctx, extract.Options{
		Tree: s.Tree, CC: s.CC, Request: request, Ports: cs[0].ports, Release: s.release.Name, Others: s.Others,
		Refuse: func(err *text.Error) {
			i := slices.IndexFunc(cs, func(c candidate) bool { return c.name == err.Pos.File })
			partly(&results[max(i, 0)], err.Msg)
		},
		Warn: func(msg string) {
			if strings.HasPrefix(msg, "constant ") { // others are about system calls
				clear = false
				partly(&results[0], msg)
			}
		},
	})
	if err != nil {
		results[0].Outcome, results[0].Reasons = Failed, []string{firstLine(err)}
		return results, false
	}
	res, err := witness.Run(ctx, witness.Options{
		Tree: s.Tree, CC: s.CC, Facts: f, Ports: cs[0].ports, Include: append(include, extract.TableHeaders()...),
	})
	for i := range results {
		results[i].Assertions = (res.Assertions + i) / len(results) // shares, which sum up
	}
	if err != nil {
		results[0].Outcome, results[0].Reasons = Wrong, strings.Split(err.Error(), "\n")
		return results, false
	}
	return results, clear
}

func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
