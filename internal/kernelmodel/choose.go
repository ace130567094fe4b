//go:build unix

package kernelmodel

// Tree is a Chooser that goes through every sequence of choices, one after
// the other: run a schedule, then Next, until there is no next.
type Tree struct {
	path []branch
	at   int
}

type branch struct{ choice, of int }

// Choose follows the path, and takes the first branch where it ends.
func (t *Tree) Choose(n int) int {
	if t.at == len(t.path) {
		t.path = append(t.path, branch{0, n})
	}
	b := t.path[t.at]
	if b.of != n {
		panic("kernelmodel: the same choices led elsewhere")
	}
	t.at++
	return b.choice
}

// Next turns to the next sequence.
func (t *Tree) Next() bool {
	t.path, t.at = t.path[:t.at], 0
	for len(t.path) > 0 {
		last := &t.path[len(t.path)-1]
		if last.choice++; last.choice < last.of {
			return true
		}
		t.path = t.path[:len(t.path)-1]
	}
	return false
}

// Bytes is a Chooser that reads its choices from bytes, and makes uneventful
// ones when they are used up.
type Bytes struct{ Left []byte }

// Choose takes as many bytes as n choices need.
func (b *Bytes) Choose(n int) int {
	c := uint64(0)
	for most := n - 1; most > 0; most >>= 8 {
		if len(b.Left) == 0 {
			return 0
		}
		c = c<<8 | uint64(b.Left[0])
		b.Left = b.Left[1:]
	}
	return int(c % uint64(n))
}

// Func is a function as a Chooser.
type Func func(n int) int

// Choose calls f.
func (f Func) Choose(n int) int { return f(n) }
