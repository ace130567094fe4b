//go:build freebsd || linux

package shmsync_test

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/rawsys-go/rawsys/internal/needs"
	"github.com/rawsys-go/rawsys/shmsync"
)

var kills = flag.Int("kills", 0, "how many processes TestKill kills, and TestRingKill: 0 is 100, or 20 with -short")

func killCount() int {
	switch {
	case *kills > 0:
		return *kills
	case testing.Short():
		return 20
	}
	return 100
}

// TestMain runs this program as a child with the region as descriptor 3, if a
// test has said what it is to do.
func TestMain(m *testing.M) {
	role := os.Getenv("SHMSYNC_CHILD")
	if role == "" {
		flag.Parse()
		os.Exit(m.Run())
	}
	r, err := shmsync.FromFile(os.NewFile(3, "region"), 0)
	if err == nil {
		err = map[string]func(*shmsync.Region) error{"count": countChild, "wide": wideChild, "robust": robustChild, "send": sendChild, "receive": receiveChild, "die": dieChild}[role](r)
	}
	if err != nil {
		log.Fatalf("child %s: %v", role, err)
	}
	os.Exit(0)
}

// child starts this program again.
func child(t testing.TB, r *shmsync.Region, role string) *exec.Cmd {
	t.Helper()
	c := needs.Self(t)
	c.Env, c.Stderr = append(os.Environ(), "SHMSYNC_CHILD="+role, "GOMAXPROCS=2"), os.Stderr
	c.ExtraFiles = []*os.File{r.File()}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // some never end, and a test that fails leaves them
	return c
}

// shared is what the processes of these tests have in common.
type shared struct {
	Mutex   shmsync.Mutex
	RW      shmsync.RWMutex
	Sem     shmsync.Semaphore
	Barrier shmsync.Barrier
	Robust  shmsync.RobustMutex
	Sum     [3]uint64     // under the locks
	A, B    uint64        // equal unless somebody is at work under Robust
	Deaths  uint64        // that Robust told of
	Running atomic.Uint32 // children that came as far as the lock
	Wins    [64]uint64
}

func at(r *shmsync.Region) (*shared, error) { return shmsync.At[shared](r, 0) }

const perChild = 3000

func countChild(r *shmsync.Region) error {
	s, err := at(r)
	if err != nil {
		return err
	}
	for range perChild {
		s.Mutex.Lock()
		s.Sum[0]++
		s.Mutex.Unlock()
		s.RW.Lock()
		s.Sum[1]++
		s.RW.Unlock()
		s.RW.RLock()
		_ = s.Sum[1]
		s.RW.RUnlock()
		s.Sem.Acquire(2)
		s.Sum[2]++
		s.Sem.Release(2)
	}
	return nil
}

// 2, 8 and 32 processes count under each lock.
func TestProcesses(t *testing.T) {
	for _, n := range []int{2, 8, 32} {
		r := region(t, 8192)
		s := place[shared](t, r, 0)
		s.Sem.Init(3, 3)
		var all []*exec.Cmd
		for range n {
			all = append(all, child(t, r, "count"))
		}
		for _, c := range all {
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
		}
		if want := uint64(n) * perChild; s.Sum != [3]uint64{want, want, want} {
			t.Errorf("%d processes: %v, want %d each", n, s.Sum, want)
		}
	}
}

// wideChild adds to a word of 64 bits as fast as it can, once the other is there.
func wideChild(r *shmsync.Region) error {
	s, err := at(r)
	if err != nil {
		return err
	}
	s.Barrier.Wait(2)
	for range perWide {
		for {
			if v := atomic.LoadUint64(&s.A); atomic.CompareAndSwapUint64(&s.A, v, v+1) {
				break
			}
		}
	}
	return nil
}

const perWide = 200000

// Where Go has no atomic access to 64 bits that processes share, a RobustMutex says so.
func TestWide(t *testing.T) {
	r := region(t, 8192)
	s := place[shared](t, r, 0)
	for _, c := range []*exec.Cmd{child(t, r, "wide"), child(t, r, "wide")} {
		if err := c.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	locked, err := s.Robust.TryLock()
	if locked && s.A != 2*perWide {
		t.Errorf("%d of %d changes to a word of 64 bits, and it is used for a lock", s.A, 2*perWide)
	}
	if !locked && (err == nil || !strings.Contains(err.Error(), "no atomic access to 64 bits")) {
		t.Errorf("a free lock is not to be had: %v", err)
	}
}

// robustChild changes A and B under the lock until it is killed.
func robustChild(r *shmsync.Region) error {
	s, err := at(r)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n == 1 {
			s.Running.Add(1)
		}
		if err := underRobust(s); err != nil {
			return err
		}
		if n%8 == 0 { // or one process has the lock nearly always
			time.Sleep(time.Microsecond)
		}
	}
}

func underRobust(s *shared) error {
	err := s.Robust.Lock()
	if errors.Is(err, shmsync.ErrOwnerDead) {
		s.Deaths++
		s.B = s.A // the repair
		err = s.Robust.Consistent()
	}
	if err != nil {
		return err
	}
	if s.A != s.B {
		return fmt.Errorf("%d and %d under the lock, and nobody died", s.A, s.B)
	}
	s.A++
	for range 5000 { // some time in which to be killed
		s.Wins[0]++
	}
	s.B++
	s.Robust.Unlock()
	return nil
}

// holder returns who holds the lock just now, and otherwise if it is none of them.
func holder(s *shared, running []*exec.Cmd, otherwise int) int {
	for range 1000 {
		pid := atomic.LoadUint64((*uint64)(unsafe.Pointer(&s.Robust))) & (1<<22 - 1)
		for i, c := range running {
			if uint64(c.Process.Pid) == pid {
				return i
			}
		}
	}
	return otherwise
}

// Processes are killed wherever they are, half of them with the lock if that can
// be. The others go on, and see what is dirty
// only together with the word that somebody died.
func TestKill(t *testing.T) {
	r := region(t, 8192)
	s := place[shared](t, r, 0)
	var running []*exec.Cmd
	for range 4 {
		running = append(running, child(t, r, "robust"))
	}
	count, longest := killCount(), time.Duration(0)
	for n := range count {
		for s.Running.Load() < uint32(len(running)+n) { // or it dies before it has done anything
			time.Sleep(100 * time.Microsecond)
		}
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
		i := rand.IntN(len(running))
		if n%2 == 0 {
			i = holder(s, running, i)
		}
		if err := running[i].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		err := s.Robust.LockUntil(begin.Add(20 * time.Second)) // before the dead is waited for
		if errors.Is(err, shmsync.ErrOwnerDead) {
			s.Deaths++
			s.B = s.A
			err = s.Robust.Consistent()
		}
		if err != nil {
			t.Fatalf("after %d kills: %v", n+1, err)
		}
		longest = max(longest, time.Since(begin))
		if s.A != s.B {
			t.Fatalf("after %d kills: %d and %d", n+1, s.A, s.B)
		}
		s.Robust.Unlock()
		if err := running[i].Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("after %d kills: %v", n+1, err)
		}
		running[i] = child(t, r, "robust")
	}
	for _, c := range running {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	t.Logf("%d processes killed, %d of them with the lock; %d rounds; longest wait after a kill %v", count, s.Deaths, s.A, longest)
	if s.Deaths == 0 && count >= 100 {
		t.Error("nobody was killed with the lock: this proves nothing")
	}
}

// dieAt is where dieChild finds its lock.
const dieAt = 56

// dieChild ends with a lock.
func dieChild(r *shmsync.Region) error {
	m, err := shmsync.At[shmsync.RobustMutex](r, dieAt)
	if err != nil {
		return err
	}
	return m.Lock()
}

const ringAt = 1024

// sendChild sends numbers of its own until it is killed: one that tells it from all
// others, as that of a process does not among thousands, and a count.
func sendChild(r *shmsync.Region) error {
	ring, err := shmsync.OpenRing(r, ringAt)
	if err != nil {
		return err
	}
	msg, me := make([]byte, 64), rand.Uint64()
	for n := uint64(1); ; n++ {
		m := msg[:16+n%40]
		binary.NativeEndian.PutUint64(m, me)
		binary.NativeEndian.PutUint64(m[8:], n)
		for i := range m[16:] {
			m[16+i] = byte(n)
		}
		if err := ring.Send(m); err != nil {
			return err
		}
	}
}

func receiveChild(r *shmsync.Region) error {
	ring, err := shmsync.OpenRing(r, ringAt)
	if err != nil {
		return err
	}
	var buf [64]byte
	for {
		n, err := ring.Receive(buf[:])
		if err != nil {
			return err
		}
		if err := whole(buf[:n]); err != nil {
			return err
		}
	}
}

// whole checks that a message is as it was sent.
func whole(m []byte) error {
	if len(m) < 16 {
		return fmt.Errorf("a message of %d bytes", len(m))
	}
	n := binary.NativeEndian.Uint64(m[8:])
	if len(m) != int(16+n%40) {
		return fmt.Errorf("message %d has %d bytes", n, len(m))
	}
	for _, b := range m[16:] {
		if b != byte(n) {
			return fmt.Errorf("message %d is %x", n, m)
		}
	}
	return nil
}

// Senders and receivers are killed wherever they are. Messages stay whole and, of
// each sender, in order; and the ring goes on.
func TestRingKill(t *testing.T) {
	r := region(t, ringAt+shmsync.RingSize(4096))
	ring, err := shmsync.NewRing(r, ringAt, 4096, true)
	if err != nil {
		t.Fatal(err)
	}
	roles := []string{"send", "send", "receive", "receive"}
	var running []*exec.Cmd
	for _, role := range roles {
		running = append(running, child(t, r, role))
	}
	last, received := map[uint64]uint64{}, 0
	var buf [64]byte
	for n := range killCount() {
		i := rand.IntN(len(running))
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
		if err := running[i].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for range 20 {
			k, err := ring.ReceiveUntil(time.Now().Add(20*time.Second), buf[:])
			if err == nil {
				err = whole(buf[:k])
			}
			if err != nil {
				t.Fatalf("after %d kills: %v", n+1, err)
			}
			from, count := binary.NativeEndian.Uint64(buf[:]), binary.NativeEndian.Uint64(buf[8:])
			if count <= last[from] {
				t.Fatalf("after %d kills: %d after %d of sender %x", n+1, count, last[from], from)
			}
			last[from], received = count, received+1
		}
		if err := running[i].Wait(); err == nil || err.Error() != "signal: killed" {
			t.Fatalf("after %d kills: %v", n+1, err)
		}
		running[i] = child(t, r, roles[i])
	}
	for _, c := range running {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	t.Logf("%d processes killed, %d messages seen here, of %d senders", killCount(), received, len(last))
}
