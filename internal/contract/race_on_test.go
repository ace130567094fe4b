//go:build unix && race

package contract_test

const raceEnabled = true
