// Package stats sums up rounds.
package stats

import "slices"

// Median is the middle of the list, or between the two that are. It sorts the list.
func Median(list []float64) float64 {
	slices.Sort(list)
	return (list[len(list)/2] + list[(len(list)-1)/2]) / 2
}
