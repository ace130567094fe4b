package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// meter shows how far a file is: one line, written over and over, on a terminal;
// elsewhere one line at the end.
type meter struct {
	w           io.Writer
	name        string
	live        bool
	done, count int64 // bytes that are there, and of all
	had         int64 // bytes that were there before
	start, last time.Time
}

func newMeter(w io.Writer, o *getOptions, done, count int64) *meter {
	now := time.Now()
	return &meter{w: w, name: o.name, live: o.show == "yes" || o.show == "auto" && terminal(w), done: done, had: done, count: count, start: now}
}

// terminal reports whether w may be one: a device that takes characters.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

const clearLine = "\r\x1b[K"

// add counts n bytes, and shows it four times a second.
func (m *meter) add(n int) {
	m.done += int64(n)
	if now := time.Now(); m.live && (now.Sub(m.last) > 250*time.Millisecond || m.done == m.count) {
		m.last = now
		fmt.Fprint(m.w, clearLine, m.line(now))
	}
}

// line is what is shown at a time.
func (m *meter) line(now time.Time) string {
	rate := float64(m.done-m.had) / max(now.Sub(m.start).Seconds(), 1e-3)
	s := fmt.Sprintf("%q %3d%% of %s, %s/s", m.name, percent(m.done, m.count), report.Size(m.count), report.Size(int64(rate)))
	if rate > 0 && m.done < m.count {
		left := time.Duration(float64(m.count-m.done) / rate * float64(time.Second))
		s += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return s
}

func percent(done, count int64) int64 {
	if count == 0 {
		return 100
	}
	return int64(100 * float64(done) / float64(count))
}

// note says something between two states of the line. Before there is a meter, there
// is nobody to say it to.
func (m *meter) note(format string, args ...any) {
	if m == nil {
		return
	}
	if m.live {
		fmt.Fprint(m.w, clearLine)
	}
	fmt.Fprintf(m.w, "segserve: "+format+"\n", args...)
}

// finish leaves a line with the sum.
func (m *meter) finish(err error) {
	if m.live {
		fmt.Fprint(m.w, clearLine)
	}
	took := time.Since(m.start)
	if err == nil {
		fmt.Fprintf(m.w, "segserve: %q: %d bytes, of which %d were there, in %v: %s/s, checksums right\n", m.name, m.count, m.had,
			took.Round(time.Millisecond), report.Size(int64(float64(m.done-m.had)/max(took.Seconds(), 1e-3))))
	}
}
