package sweep

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// specific matches what differs between reasons of one kind.
var specific = regexp.MustCompile(`'[^']*'|"[^"]*"|\([^()]*\)|[\w./-]+\.h(:\d+)*|\b\d+\b|^\[[^]]*\]`)

// Report prints how many headers had each outcome, and for which reasons.
func Report(w io.Writer, results []Result) error {
	var b strings.Builder
	assertions := 0
	for o := range outcomes {
		n, why := 0, map[string][]string{}
		for _, r := range results {
			if r.Outcome != o {
				continue
			}
			n++
			assertions += r.Assertions
			for _, reason := range r.Reasons {
				kind := strings.TrimSpace(specific.ReplaceAllString(reason, "…"))
				if !slices.Contains(why[kind], r.Header) {
					why[kind] = append(why[kind], r.Header)
				}
			}
		}
		fmt.Fprintf(&b, "%5d %s\n", n, o)
		kinds := slices.SortedFunc(maps.Keys(why), func(x, y string) int { return cmp.Or(len(why[y])-len(why[x]), cmp.Compare(x, y)) })
		for _, kind := range kinds {
			fmt.Fprintf(&b, "      %5d %s, such as %s\n", len(why[kind]), kind, why[kind][0])
		}
	}
	_, err := fmt.Fprintf(w, "%d headers, %d assertions confirmed\n%s", len(results), assertions, b.String())
	return err
}

// Bad returns how many headers came out wrong, or not at all without a reason
// of theirs.
func Bad(results []Result) (wrong, failed int) {
	for _, r := range results {
		switch r.Outcome {
		case Wrong:
			wrong++
		case Failed:
			failed++
		}
	}
	return wrong, failed
}
