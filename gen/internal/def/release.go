package def

import (
	"cmp"
	"strconv"
	"strings"
)

// Later reports whether what exists since a release is missing from another
// one for that reason. Since may be empty, for always, or >12.1, for a release
// after that; the other one may be a branch, such as 12.1-STABLE.
func Later(since, release string) bool {
	if since == "" {
		return false
	}
	number, after := strings.CutPrefix(since, ">")
	a, b := releaseNumber(number), releaseNumber(release)
	c := cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	return c > 0 || after && c == 0
}

// releaseNumber splits 12.1-STABLE into 12 and 1.
func releaseNumber(release string) (n [2]int) {
	number, _, _ := strings.Cut(release, "-")
	for i, s := range strings.SplitN(number, ".", 2) {
		n[i], _ = strconv.Atoi(s) // the parsers have checked it
	}
	return n
}
