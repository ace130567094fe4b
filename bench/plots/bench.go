package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// parseBench reads the output of go test -bench as a run: for each benchmark and unit
// the least of its lines, as what else happens on a machine only adds to them.
func parseBench(text string) (*run, error) {
	r := &run{columns: []string{"name", "unit", "value"}}
	values := map[[2]string][]float64{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) < 4 || !strings.HasPrefix(words[0], "Benchmark") {
			continue
		}
		name := regexp.MustCompile(`-\d+$`).ReplaceAllString(words[0], "")
		for i := 2; i+1 < len(words); i += 2 {
			v, err := strconv.ParseFloat(words[i], 64)
			if err != nil {
				return nil, fmt.Errorf("%d: %q is no number", n, words[i])
			}
			key := [2]string{name, words[i+1]}
			if values[key] == nil {
				r.rows, r.lines = append(r.rows, []string{name, words[i+1], ""}), append(r.lines, n)
			}
			values[key] = append(values[key], v)
		}
	}
	if len(r.rows) == 0 {
		return nil, fmt.Errorf("%d: no benchmark", n)
	}
	for _, row := range r.rows {
		row[2] = strconv.FormatFloat(slices.Min(values[[2]string{row[0], row[1]}]), 'g', -1, 64)
	}
	return r, nil
}

// least is the figure of a benchmark in a unit.
func (r *run) least(name, unit string) (float64, error) {
	for i, row := range r.rows {
		if row[0] == name && row[1] == unit {
			return r.number(i, 2)
		}
	}
	return 0, fmt.Errorf("no benchmark %s with %s", name, unit)
}
