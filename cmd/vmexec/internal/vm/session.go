//go:build unix

package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// Queue hands out runs. Several machines may share one.
type Queue interface {
	Next() (run int, ok bool)
}

// Sink takes what the guest reports about its runs.
type Sink interface {
	Hello(wire.Greeting)
	Warning(text string)
	Start(run int)
	Output(run int, kind wire.Kind, data []byte) error // kind is Stdout or Stderr
	File(run int, path string, data []byte) error      // the file's next bytes
	Exit(run int, status wire.Status)
}

// Options are the limits of a session, and where the console goes.
type Options struct {
	Boot    time.Duration // from QEMU's start to the greeting
	Slack   time.Duration // what a run may take longer than its own limit
	Console io.Writer     // gets all that the kernel prints, or nil
}

// How long the last words of a guest may take: the trace of a panic, and what
// else is on its way when the reports have ended.
const (
	panicGrace = time.Second
	offGrace   = 5 * time.Second
)

// Run boots a machine, has it run what queue hands out, by the index in runs, and
// hands the reports to sink. It returns when all are over and QEMU has ended. An
// error is a *fault.Fault, sink's own, or ctx's cause.
func (m *Machine) Run(ctx context.Context, runs []wire.Run, queue Queue, o Options, sink Sink) error {
	p, err := m.start()
	if err != nil {
		return err
	}
	defer p.stop()
	s := &session{
		process: p, options: o, sink: sink, runs: runs, queue: queue, run: -1, next: -1,
		console: follow(p.console, o.Console), frames: make(chan frame), closed: make(chan struct{}),
	}
	defer close(s.closed)
	go s.receive(wire.NewReader(p.control, m.Key))
	return s.watch(ctx)
}

// session is one boot of a machine.
type session struct {
	*process
	options Options
	sink    Sink
	runs    []wire.Run
	queue   Queue
	run     int  // the one that runs, or -1
	next    int  // the one that the guest was told to run, or -1
	told    bool // that there are no more
	greeted bool
	file    string // being sent
	console *console
	frames  chan frame
	closed  chan struct{}
}

type frame struct {
	kind wire.Kind
	data []byte
	err  error
}

// receive reads frames until there are no more or one is bad.
func (s *session) receive(r *wire.Reader) {
	for {
		kind, data, err := r.Next()
		select {
		case s.frames <- frame{kind, append([]byte(nil), data...), err}:
		case <-s.closed:
			return
		}
		if err != nil {
			return
		}
	}
}

// watch takes what comes first, until the end.
func (s *session) watch(ctx context.Context) error {
	timer := time.NewTimer(s.options.Boot)
	defer timer.Stop()
	var died string           // what the kernel said when it could not go on
	var dead <-chan time.Time // when it has said enough, whatever reports are still on their way
	for {
		select {
		case f := <-s.frames:
			if f.err != nil {
				return s.cut(f.err, died)
			}
			if done, err := s.take(f, timer); done || err != nil {
				return err
			}
		case died = <-s.console.alarm:
			dead = time.After(panicGrace)
		case <-dead:
			return s.dead(died)
		case <-timer.C:
			return s.late()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// take handles one frame.
func (s *session) take(f frame, timer *time.Timer) (done bool, err error) {
	switch f.kind {
	case wire.Hello:
		var g wire.Greeting
		if err := json.Unmarshal(f.data, &g); err != nil {
			return true, s.broken(err)
		}
		s.greeted = true
		s.sink.Hello(g)
		return false, s.order()
	case wire.Warning:
		s.sink.Warning(string(f.data))
	case wire.Failure:
		return true, s.withConsole(fault.New(fault.Guest, "", "init in the guest: %s", f.data))
	case wire.Done:
		return true, s.complete()
	default:
		return false, s.takeRun(f, timer)
	}
	return false, nil
}

// takeRun handles a frame that belongs to a run.
func (s *session) takeRun(f frame, timer *time.Timer) error {
	if (f.kind == wire.Start) == (s.run >= 0) {
		return s.broken(fmt.Errorf("frame %q out of place", f.kind))
	}
	switch f.kind {
	case wire.Start:
		n, err := strconv.Atoi(string(f.data))
		if err != nil || n != s.next {
			return s.broken(fmt.Errorf("run %q starts, but run %d is next", f.data, s.next))
		}
		s.run, s.next = n, -1
		s.limit(timer, s.runs[n].Timeout)
		s.sink.Start(n)
	case wire.Stdout, wire.Stderr:
		return s.sink.Output(s.run, f.kind, f.data)
	case wire.File:
		s.file = string(f.data)
		return s.sink.File(s.run, s.file, nil)
	case wire.Data:
		return s.sink.File(s.run, s.file, f.data)
	case wire.Exit:
		var status wire.Status
		if err := json.Unmarshal(f.data, &status); err != nil {
			return s.broken(err)
		}
		run := s.run
		s.run = -1
		timer.Reset(s.options.Slack)
		s.sink.Exit(run, status)
		return s.order()
	default:
		return s.broken(fmt.Errorf("frame of unknown kind %q", f.kind))
	}
	return nil
}

// order tells the guest what to run next, or to go off. A guest that is gone by
// now says why in another way.
func (s *session) order() error {
	if n, ok := s.queue.Next(); ok {
		s.next = n
		fmt.Fprintln(s.orders, n)
		return nil
	}
	s.told = true
	fmt.Fprintln(s.orders, wire.Off)
	return nil
}

// limit gives a run its time; one without limit may take for ever.
func (s *session) limit(timer *time.Timer, timeout time.Duration) {
	timer.Stop()
	if timeout > 0 {
		timer.Reset(timeout + s.options.Slack)
	}
}

// complete checks that the guest was told to end, and has reported what it ran. It
// goes off by itself now; nothing is lost when QEMU is stopped meanwhile.
func (s *session) complete() error {
	if !s.told || s.run >= 0 {
		return s.broken(errors.New("it ends before its runs do"))
	}
	return nil
}

// settle waits for QEMU to end, but not for long.
func (s *session) settle() {
	select {
	case <-s.console.done:
	case <-time.After(offGrace):
	}
}

// state says how far the guest came, for errors.
func (s *session) state() string {
	switch {
	case s.run >= 0:
		return fmt.Sprintf("while %s ran", s.runs[s.run].Path)
	case !s.greeted:
		return "before init was ready"
	}
	return "between runs"
}

func (s *session) withConsole(f *fault.Fault) error {
	f.Console = s.console.lines()
	return f
}

// late is the error for a guest that does not answer in time.
func (s *session) late() error {
	remedy := "see what it does with -console"
	if !s.greeted {
		remedy = "give a slow host more time with -boot-timeout, or " + remedy
	}
	return s.withConsole(fault.New(fault.Timeout, remedy, "the guest did not answer in time, %s", s.state()))
}

// allConsole is what helps when the console's last lines do not.
const allConsole = "-console shows all that the kernel prints"

// dead is the error for a kernel that printed that it cannot go on.
func (s *session) dead(line string) error {
	if strings.HasPrefix(line, "mountroot>") {
		return s.withConsole(fault.New(fault.Panic,
			"it needs cd9660, virtio_pci and virtio_blk, as GENERIC has them built in",
			"the kernel found no root file system"))
	}
	remedy := allConsole + "; -test.v shows which test ran"
	if !s.greeted {
		remedy = allConsole + "; a kernel that has not come up may do so with -accel tcg, and GENERIC of a release does"
	}
	return s.withConsole(fault.New(fault.Panic, remedy, "the kernel panicked, %s: %s", s.state(), line))
}

// cut is the error for reports that ended, or cannot be believed any more.
func (s *session) cut(err error, died string) error {
	if errors.Is(err, wire.ErrForged) {
		return s.broken(err)
	}
	s.settle()
	if died == "" {
		select {
		case died = <-s.console.alarm:
		default:
		}
	}
	if died != "" {
		return s.dead(died)
	}
	s.stop()
	if text := strings.TrimSpace(string(s.errors.kept)); text != "" {
		return s.withConsole(fault.New(fault.QEMU, "", "%s ended %s: %s", s.cmd.Path, s.state(), text))
	}
	return s.withConsole(fault.New(fault.Guest, allConsole, "the guest went off %s", s.state()))
}

// broken is the error for reports that init did not write like this.
func (s *session) broken(err error) error {
	return fault.New(fault.Guest,
		"perhaps a test wrote on init's serial line, or into its memory",
		"the guest's reports are not to be trusted any more, %s: %v", s.state(), err)
}
