//go:build race

package rawsys

const raceEnabled = true
