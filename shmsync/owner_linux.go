package shmsync

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// startOf returns when a process started, in hundredths of a second since the
// system's start, and whether it has ended though its number is taken.
func startOf(pid int) (start uint64, dead bool, err error) {
	// Of the first thread: it began with the process, and qemu-user, which makes up
	// /proc/PID/stat for the process it runs, leaves it as it is.
	n := strconv.Itoa(pid)
	text, err := os.ReadFile("/proc/" + n + "/task/" + n + "/stat")
	if err != nil {
		return 0, false, err
	}
	return parseStat(string(text))
}

var errStat = errors.New("/proc/PID/task/PID/stat has another form than expected")

// parseStat reads proc_pid_stat(5): state, the number of threads and the start
// time are fields 3, 20 and 22. The name before them may hold anything.
func parseStat(text string) (start uint64, dead bool, err error) {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	const first = 3
	if len(fields) <= 22-first {
		return 0, false, errStat
	}
	// A first thread that has ended is a zombie while other threads run on.
	state, threads := fields[0], fields[20-first]
	dead = (state == "Z" || state == "X") && (threads == "1" || threads == "0")
	start, err = strconv.ParseUint(fields[22-first], 10, 64)
	return start, dead, err
}

// probe asks whether there is a process of that number.
func probe(pid int) error {
	if err := syscall.Kill(pid, 0); err != nil {
		return err
	}
	return nil
}
