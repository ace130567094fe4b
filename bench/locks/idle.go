//go:build freebsd || linux

package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Contended, a lock's speed depends on who runs when, and a third program upsets
// that. So a round in which other programs took more than a tenth of one CPU is
// measured again, as long as that helps.
const (
	mostOthers = 0.1
	mostTries  = 8
)

// undisturbed calls round until it was, and reports whether it was in the end.
func undisturbed(round func() error) (bool, error) {
	for range mostTries {
		start, others := time.Now(), othersTime()
		if err := round(); err != nil {
			return false, err
		}
		if others := othersTime() - others; float64(others) <= mostOthers*float64(time.Since(start)) {
			return true, nil
		}
	}
	return false, nil
}

// othersTime is the CPU time that others than this program and its children have
// taken; 0 where the system does not tell, as outside Linux.
func othersTime() time.Duration {
	stat, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(stat), "\n")
	var user, nice, system, idle, iowait, irq, soft, steal time.Duration
	if _, err := fmt.Sscanf(line, "cpu %d %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &iowait, &irq, &soft, &steal); err != nil {
		return 0
	}
	const tick = time.Second / 100 // USER_HZ
	return (user+nice+system+irq+soft+steal)*tick - cpuTime(unix.RUSAGE_SELF) - cpuTime(unix.RUSAGE_CHILDREN)
}
