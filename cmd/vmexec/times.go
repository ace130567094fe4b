//go:build unix

package main

import (
	"cmp"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
)

// times are the seconds that packages took when they last ran. The longest are run
// first: a long one that starts last keeps one guest busy while the others are done.
type times map[string]float64

// defaultTimes returns the file that keeps times between runs, or nothing where there
// is no cache.
func defaultTimes() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "rawsys-vmexec", "times.json")
}

// readTimes reads a file of times. One that is missing or damaged costs time and
// nothing else.
func readTimes(path string) times {
	var t times
	if data, err := os.ReadFile(path); err != nil || json.Unmarshal(data, &t) != nil {
		return nil
	}
	return t
}

// keep adds times to those in a file, whole or not at all.
func (t times) keep(path string) error {
	if path == "" || len(t) == 0 {
		return nil
	}
	all := times{}
	maps.Copy(all, readTimes(path))
	maps.Copy(all, t)
	data, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "times-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(data, '\n'))
	if err := cmp.Or(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// key is what a package is called in times.
func (p goPackage) key() string { return p.goarch + " " + p.ImportPath }

// of is what a package took, or more than any other did.
func (t times) of(p goPackage) float64 {
	if took, ok := t[p.key()]; ok {
		return took
	}
	return math.Inf(1)
}

// longestFirst puts what took long before what did not, and what has not run yet
// before all.
func (s *suiteReport) longestFirst(known times) {
	order := make([]int, len(s.packages))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(known.of(s.packages[b]), known.of(s.packages[a]))
	})
	packages, programs := slices.Clone(s.packages), slices.Clone(s.programs)
	for to, from := range order {
		s.packages[to], s.programs[to] = packages[from], programs[from]
	}
}
