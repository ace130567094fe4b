//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/testjson"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// lane is what one guest reports. What belongs to a package is kept until it ends,
// so that the lines of two guests don't mix; a guest that is alone prints at once.
type lane struct {
	*suiteReport
	printed bytes.Buffer
	out     io.Writer // printed, or the report's own
	current *tally
	collector
}

// lanes returns a lane for each of a number of guests.
func (s *suiteReport) lanes(guests int) []*lane {
	var allowed []string
	for _, p := range s.programs {
		allowed = append(allowed, p.Collect...)
	}
	lanes := make([]*lane, guests)
	for i := range lanes {
		lanes[i] = &lane{suiteReport: s, collector: collector{allowed: allowed}}
		lanes[i].out = &lanes[i].printed
		if guests == 1 {
			lanes[i].out = s.out
		}
	}
	return lanes
}

func (l *lane) Hello(g wire.Greeting) {
	l.once(l.suiteReport.out, fmt.Sprintf("FreeBSD %s (%d)", g.Release, g.Date))
}

func (l *lane) Warning(text string) { l.once(l.log, "vmexec: guest: "+text) }

func (l *lane) Start(run int) {
	var show io.Writer
	if l.verbose {
		show = l.out
	}
	t, err := newTally(l.name(l.packages[run]), show)
	if err != nil {
		l.trouble(err)
		return
	}
	l.current = t
}

func (l *lane) Output(_ int, _ wire.Kind, data []byte) error {
	w := l.out // there is no test2json, which has been said
	if l.current != nil {
		w = l.current
	}
	_, err := w.Write(data)
	return err
}

func (l *lane) Exit(run int, status wire.Status) {
	word := "ok  "
	code, err := outcome(l.programs[run].Run, status)
	if err != nil || code != 0 {
		word = "FAIL"
	}
	counts := l.endTally()
	if err != nil {
		fmt.Fprintln(l.out, err)
	} else if code > 1 {
		fmt.Fprintf(l.out, "exit status %d\n", code)
	}
	warnKilled(l.out, l.programs[run].Run, status)
	line := fmt.Sprintf("%s\t%s\t%.3fs\t%v", word, l.name(l.packages[run]), status.Elapsed.Seconds(), counts)
	l.remember(l.packages[run], status.Elapsed)
	l.ended(l.printed.Bytes(), word == "FAIL", line, counts)
	l.printed.Reset()
}

// endTally ends the tally of the run, and shows what failed and was skipped.
func (l *lane) endTally() testjson.Counts {
	t := l.current
	l.current = nil
	if t == nil {
		return testjson.Counts{}
	}
	if err := t.end(); err != nil {
		l.trouble(err)
	}
	t.WriteFailures(l.out)
	t.WriteSkips(l.out)
	return t.Counts()
}

// close ends the lane. A package that did not end shows what it printed.
func (l *lane) close() error {
	l.endTally()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.suiteReport.out.Write(l.printed.Bytes())
	return l.collector.close()
}
