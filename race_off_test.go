//go:build unix && !race

package rawsys

const raceEnabled = false
