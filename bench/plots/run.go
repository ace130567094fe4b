package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// run is a stored table. Lines that begin with # say what was measured, where and
// when; the last of them before the rows names the columns.
type run struct {
	columns []string
	rows    [][]string
	lines   []int // of the rows, in the file
}

func parse(text string) (*run, error) {
	r := &run{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if comment, ok := strings.CutPrefix(line, "# "); ok {
			if len(r.rows) == 0 {
				r.columns = strings.Split(comment, "\t")
			}
			continue
		}
		row := strings.Split(line, "\t")
		if len(row) != len(r.columns) {
			return nil, fmt.Errorf("%d: %d columns, and the head names %d", n, len(row), len(r.columns))
		}
		r.rows, r.lines = append(r.rows, row), append(r.lines, n)
	}
	if len(r.rows) == 0 {
		return nil, fmt.Errorf("%d: no rows", n)
	}
	return r, nil
}

// column is where a column is.
func (r *run) column(name string) (int, error) {
	i := slices.Index(r.columns, name)
	if i < 0 {
		return 0, fmt.Errorf("no column %q among %q", name, r.columns)
	}
	return i, nil
}

// number is a figure of a row, which is more than 0.
func (r *run) number(row, column int) (float64, error) {
	v, err := strconv.ParseFloat(r.rows[row][column], 64)
	if err != nil || v <= 0 {
		return 0, fmt.Errorf("line %d: %q is not a positive number", r.lines[row], r.rows[row][column])
	}
	return v, nil
}

// where returns the rows that have a text in a column.
func (r *run) where(column, text string) (rows []int, err error) {
	i, err := r.column(column)
	if err != nil {
		return nil, err
	}
	for n, row := range r.rows {
		if row[i] == text {
			rows = append(rows, n)
		}
	}
	if rows == nil {
		err = fmt.Errorf("no row has %q as %s", text, column)
	}
	return rows, err
}

// size is a number of bytes for people.
func size(v float64) string {
	units := []string{"B", "KiB", "MiB", "GiB"}
	for v >= 1024 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return fmt.Sprintf("%g %s", v, units[0])
}
