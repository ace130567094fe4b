package shmsync_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rawsys-go/rawsys/internal/gotool"
)

// peer is a C program that joins in by the layout that the package documents: it
// counts under the Mutex at 0.
const peer = `
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct shared {
	_Atomic uint32_t mutex;
	uint32_t rw[4];
	uint32_t semaphore[3], barrier, pad;
	uint64_t robust, sum[3];
};

static void lock(_Atomic uint32_t *w) {
	uint32_t free = 0;
	if (atomic_compare_exchange_strong(w, &free, 1))
		return;
	for (;;) {
		uint32_t v = atomic_load(w);
		if (v == 0 && atomic_compare_exchange_strong(w, &v, 2))
			return;
		if (v == 1)
			atomic_compare_exchange_strong(w, &v, 2);
		if (atomic_load(w) == 2)
			syscall(SYS_futex, w, FUTEX_WAIT, 2, NULL, NULL, 0);
	}
}

static void unlock(_Atomic uint32_t *w) {
	if (atomic_exchange(w, 0) == 2)
		syscall(SYS_futex, w, FUTEX_WAKE, 1, NULL, NULL, 0);
}

int main(int argc, char **argv) {
	struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
	if (s == MAP_FAILED)
		return 1;
	for (int n = atoi(argv[1]); n > 0; n--) {
		lock(&s->mutex);
		s->sum[0]++;
		unlock(&s->mutex);
	}
	return 0;
}
`

func TestPeerInC(t *testing.T) {
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc: ", err)
	}
	if emulator := os.Getenv(gotool.Emulator); emulator != "" {
		t.Skip("needs a C compiler for this CPU: gcc's programs are the host's, and this one runs under ", emulator)
	}
	dir := t.TempDir()
	source, program := filepath.Join(dir, "peer.c"), filepath.Join(dir, "peer")
	if err := os.WriteFile(source, []byte(peer), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-O2", "-Wall", "-Werror", "-o", program, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r := region(t, 8192)
	s := place[shared](t, r, 0)
	const each = "200000"
	var all []*exec.Cmd
	for range 2 {
		c := exec.Command(program, each)
		c.Stderr, c.ExtraFiles = os.Stderr, []*os.File{r.File()}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for range 200000 {
		s.Mutex.Lock()
		s.Sum[0]++
		s.Mutex.Unlock()
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if s.Sum[0] != 600000 || !s.Mutex.TryLock() {
		t.Errorf("%d, want 600000", s.Sum[0])
	}
}
