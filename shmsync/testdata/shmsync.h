/*
 * The locks of package shmsync in C11, for Linux: what another language has to do to
 * join. Every wait is without a limit here. All words are accessed atomically and
 * with sequential consistency, which is what _Atomic does.
 */
#include <errno.h>
#include <linux/futex.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef _Atomic uint32_t word;

static inline void sleep_on(word *w, uint32_t value) { syscall(SYS_futex, w, FUTEX_WAIT, value, NULL, NULL, 0); }
static inline void wake(word *w, int n) { syscall(SYS_futex, w, FUTEX_WAKE, n, NULL, NULL, 0); }
static inline bool cas(word *w, uint32_t old, uint32_t new) { return atomic_compare_exchange_strong(w, &old, new); }

/* nap is sleep_on for so many ms, and tells whether nobody ended it. */
static inline bool
nap(word *w, uint32_t value, int ms)
{
	struct timespec t = {0, ms * 1000000L};
	return syscall(SYS_futex, w, FUTEX_WAIT, value, &t, NULL, 0) != 0;
}

/* now is in ms. */
static inline int64_t
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

#define PATIENCE 50 /* ms */

/*
 * Mutex: 0 free, 1 locked, 2 locked and somebody may sleep on it, 3 the same and
 * somebody has waited for PATIENCE, 4 free, but for those who have slept. Who takes
 * a lock of 4 leaves the mark of 3 if it fell asleep before that was there. For 4 one
 * sleeps no longer than a ms: those who it is for may be gone.
 */
struct shm_mutex { word state; };

static inline void
mutex_lock(struct shm_mutex *m)
{
	uint32_t slept = 0; /* what the state was when we last slept */
	int64_t begin;

	if (cas(&m->state, 0, 1))
		return;
	for (begin = now();;) {
		uint32_t s = m->state, next = s == 1 ? 2 : s;
		if (s == 0 || (s == 4 && slept != 0)) {
			if (cas(&m->state, s, s == 4 && slept == 2 ? 3 : 2))
				return;
			continue;
		}
		if (s < 3 && slept != 0 && now() - begin >= PATIENCE)
			next = 3;
		if (s != next && !cas(&m->state, s, next))
			continue;
		if (next == 4)
			nap(&m->state, next, 1);
		else
			sleep_on(&m->state, next);
		slept = next;
	}
}

static inline void
mutex_unlock(struct shm_mutex *m)
{
	uint32_t s;

	do
		s = m->state;
	while (!cas(&m->state, s, s == 3 ? 4 : 0));
	if (s != 1)
		wake(&m->state, 1);
}

/* RWMutex. Who makes way also grants: the phase turns, or RW_HELD is set. */
struct shm_rwmutex {
	word state;
	struct shm_mutex writers; /* held from before a writer is pending until it has unlocked */
	word readers;             /* counts admissions; readers that wait sleep on it */
	word writer;              /* counts grants; the pending writer sleeps on it */
};

#define RW_READERS 0x00007fffu
#define RW_WAITING 0x00008000u /* one that waits */
#define RW_WAITERS 0x1fff8000u
#define RW_PENDING 0x20000000u
#define RW_HELD    0x40000000u
#define RW_PHASE   0x80000000u

static inline void
rw_rlock(struct shm_rwmutex *rw)
{
	for (;;) {
		uint32_t gate = rw->readers, s = rw->state, phase = s & RW_PHASE;
		if (!(s & (RW_PENDING | RW_HELD))) {
			if (cas(&rw->state, s, s + 1))
				return;
		} else if (cas(&rw->state, s, s + RW_WAITING)) {
			for (; (rw->state & RW_PHASE) == phase; gate = rw->readers)
				sleep_on(&rw->readers, gate);
			return;
		}
	}
}

static inline void
rw_runlock(struct shm_rwmutex *rw)
{
	for (;;) {
		uint32_t s = rw->state, next = s - 1;
		bool grant = (next & RW_READERS) == 0 && (s & RW_PENDING);
		if (grant)
			next = (next & ~RW_PENDING) | RW_HELD;
		if (!cas(&rw->state, s, next))
			continue;
		if (grant) {
			rw->writer++;
			wake(&rw->writer, 1);
		}
		return;
	}
}

static inline void
rw_lock(struct shm_rwmutex *rw)
{
	mutex_lock(&rw->writers);
	uint32_t gate = rw->writer;
	for (;;) {
		uint32_t s = rw->state;
		if ((s & RW_READERS) == 0) {
			if (cas(&rw->state, s, s | RW_HELD))
				return;
		} else if (cas(&rw->state, s, s | RW_PENDING)) {
			for (; !(rw->state & RW_HELD); gate = rw->writer)
				sleep_on(&rw->writer, gate);
			return;
		}
	}
}

static inline void
rw_unlock(struct shm_rwmutex *rw)
{
	uint32_t s, n, next;

	do {
		s = rw->state;
		n = (s & RW_WAITERS) / RW_WAITING;
		next = s & ~(RW_HELD | RW_WAITERS);
		if (n > 0)
			next = (next + n) ^ RW_PHASE;
	} while (!cas(&rw->state, s, next));
	if (n > 0) {
		rw->readers++;
		wake(&rw->readers, INT_MAX);
	}
	mutex_unlock(&rw->writers);
}

/* Cond. */
struct shm_cond { word sequence, waiters; };

static inline void
cond_wait(struct shm_cond *c, struct shm_mutex *m)
{
	c->waiters++;
	uint32_t seq = c->sequence;
	mutex_unlock(m);
	while (c->sequence == seq)
		sleep_on(&c->sequence, seq);
	c->waiters--;
	mutex_lock(m);
}

static inline void
cond_wake(struct shm_cond *c, int n)
{
	if (c->waiters != 0) {
		c->sequence++;
		wake(&c->sequence, n);
	}
}

/* Semaphore: who has the mutex is the head of the queue. */
struct shm_semaphore { word permits; struct shm_mutex queue; word bound; };

#define SEM_HEAD 0x80000000u

static inline void
sem_acquire(struct shm_semaphore *s, uint32_t n)
{
	for (uint32_t c; !((c = s->permits) & SEM_HEAD) && c >= n;)
		if (cas(&s->permits, c, c - n))
			return;
	mutex_lock(&s->queue);
	for (;;) {
		uint32_t c = s->permits, there = c & ~SEM_HEAD;
		if (there >= n) {
			if (cas(&s->permits, c, there - n))
				break;
		} else if (!(c & SEM_HEAD))
			cas(&s->permits, c, c | SEM_HEAD);
		else
			sleep_on(&s->permits, c);
	}
	mutex_unlock(&s->queue);
}

static inline void
sem_release(struct shm_semaphore *s, uint32_t n)
{
	if (atomic_fetch_add(&s->permits, n) & SEM_HEAD)
		wake(&s->permits, 1);
}

/* Once: 0 new, 1 running, 2 running and somebody may sleep on it, 3 done. */
struct shm_once { word state; };

static inline bool
once_begin(struct shm_once *o)
{
	while (o->state != 3) {
		if (cas(&o->state, 0, 1))
			return true;
		cas(&o->state, 1, 2);
		sleep_on(&o->state, 2);
	}
	return false;
}

static inline void
once_end(struct shm_once *o)
{
	if (atomic_exchange(&o->state, 3) == 2)
		wake(&o->state, INT_MAX);
}

/* WaitGroup. */
struct shm_waitgroup { word count; };

#define GROUP_SLEEPERS 0x80000000u

static inline void
group_add(struct shm_waitgroup *g, int32_t delta)
{
	uint32_t c, next;

	do {
		c = g->count;
		next = c + (uint32_t)delta;
		if ((next & ~GROUP_SLEEPERS) == 0)
			next = 0;
	} while (!cas(&g->count, c, next));
	if (next == 0 && (c & GROUP_SLEEPERS))
		wake(&g->count, INT_MAX);
}

static inline void
group_wait(struct shm_waitgroup *g)
{
	for (uint32_t c; ((c = g->count) & ~GROUP_SLEEPERS) != 0;) {
		if (c & GROUP_SLEEPERS)
			sleep_on(&g->count, c);
		else
			cas(&g->count, c, c | GROUP_SLEEPERS);
	}
}

/* Barrier: arrived in the low 16 bits, rounds in the high ones. */
struct shm_barrier { word state; };

static inline bool
barrier_wait(struct shm_barrier *b, uint32_t parties)
{
	for (;;) {
		uint32_t s = b->state, round = s >> 16;
		if ((s & 0xffff) + 1 == parties) {
			if (cas(&b->state, s, (round + 1) << 16)) {
				wake(&b->state, INT_MAX);
				return true;
			}
		} else if (cas(&b->state, s, s + 1)) {
			while ((s = b->state) >> 16 == round)
				sleep_on(&b->state, s);
			return false;
		}
	}
}

/* RobustMutex. An owner is its start time << 26 and its number. */
struct shm_robust { _Atomic uint64_t state; };

#define ROBUST_PID          ((UINT64_C(1) << 22) - 1)
#define ROBUST_WAITERS      (UINT64_C(1) << 22)
#define ROBUST_INCONSISTENT (UINT64_C(1) << 23)
#define ROBUST_LOST         (UINT64_C(1) << 24)
#define ROBUST_DUE          (UINT64_C(1) << 25) /* with an owner as 3 of a Mutex, alone as 4 */
#define ROBUST_FLAGS        (ROBUST_WAITERS | ROBUST_INCONSISTENT | ROBUST_LOST | ROBUST_DUE)

/*
 * ask finds the owner of a process, or 0 if it has ended, and returns whether the
 * system tells: a descriptor may be lacking, or /proc.
 */
static inline bool
ask(uint64_t pid, uint64_t *owner)
{
	char path[64], text[1024], *p, state = 0;
	unsigned long long start = 0;
	long threads = 0;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)pid, (int)pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	if ((p = strrchr(text, ')')) == NULL || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
	    " %ld %*d %llu", &state, &threads, &start) != 3)
		return false;
	/* A first thread that has ended is a zombie while other threads run on. */
	*owner = (state == 'Z' || state == 'X') && threads <= 1 ? 0 : (uint64_t)start << 26 | pid;
	return true;
}

/* owner_of returns the owner of a process, or 0. */
static inline uint64_t
owner_of(uint64_t pid)
{
	uint64_t owner;

	return ask(pid, &owner) ? owner : 0;
}

/* ended tells that an owner's process has ended. Where ask does not tell, kill(2) does. */
static inline bool
ended(uint64_t owner)
{
	uint64_t now;

	if (ask(owner & ROBUST_PID, &now))
		return now != owner;
	return kill((pid_t)(owner & ROBUST_PID), 0) != 0 && errno == ESRCH;
}

/* robust_half is the half with the process number, to sleep on. */
static inline word *
robust_half(struct shm_robust *m)
{
	const uint32_t one = 1;
	return (word *)&m->state + (*(const char *)&one == 1 ? 0 : 1);
}

enum { LOCKED, OWNER_DEAD, NOT_RECOVERABLE };

/* robust_lock_if takes the lock, from the dead if so told. */
static inline int
robust_lock_if(struct shm_robust *m, uint64_t me, bool from_dead)
{
	uint64_t slept = 0;
	int64_t begin = now();
	int ms = 1;
	bool look = false;

	for (;;) {
		uint64_t v = m->state, owner = v & ~ROBUST_FLAGS, next;
		/* Others may sleep, and who has slept cannot know. */
		uint64_t mark = slept == 0 ? 0 : ROBUST_WAITERS;
		if (v & ROBUST_LOST)
			return NOT_RECOVERABLE;
		if (v != slept) {
			ms = 1;
			look = false;
		}
		if (v == 0 || (v == ROBUST_DUE && slept != 0)) {
			if (v == ROBUST_DUE && !(slept & ROBUST_DUE))
				mark |= ROBUST_DUE;
			if (atomic_compare_exchange_strong(&m->state, &v, me | mark))
				return LOCKED;
			continue;
		}
		if (owner != 0 && look && from_dead && ended(owner)) {
			next = me | ROBUST_INCONSISTENT | (v & (ROBUST_WAITERS | ROBUST_DUE)) | mark;
			if (atomic_compare_exchange_strong(&m->state, &v, next))
				return OWNER_DEAD;
			continue;
		}
		next = v == ROBUST_DUE ? v : v | ROBUST_WAITERS;
		if (slept != 0 && now() - begin >= PATIENCE)
			next |= ROBUST_DUE;
		if (v == next || atomic_compare_exchange_strong(&m->state, &v, next)) {
			look = nap(robust_half(m), (uint32_t)next, ms);
			slept = next;
			ms = ms < 64 ? 2 * ms : 100;
		}
	}
}

static inline int robust_lock(struct shm_robust *m, uint64_t me) { return robust_lock_if(m, me, true); }

static inline void robust_consistent(struct shm_robust *m) { atomic_fetch_and(&m->state, ~ROBUST_INCONSISTENT); }

static inline void
robust_unlock(struct shm_robust *m)
{
	uint64_t v = m->state, next;

	do
		next = v & ROBUST_INCONSISTENT ? ROBUST_LOST : v & ROBUST_DUE;
	while (!atomic_compare_exchange_strong(&m->state, &v, next));
	if (next == ROBUST_LOST)
		wake(robust_half(m), INT_MAX);
	else if (v & ROBUST_WAITERS)
		wake(robust_half(m), 1);
}

/*
 * Ring: this head of 512 bytes, and behind it the bytes. Cursors count them without
 * end. In one that is not robust nobody is taken for dead: its users may not see each
 * other's processes.
 */
struct shm_ring {
	word magic, capacity, robust, pad0[29];
	struct shm_robust producers;
	word tail, pad1[29];
	struct shm_robust consumers;
	word head, pad2[29];
	word awaits_message, awaits_room, pad3[30];
	unsigned char bytes[];
};

static inline void
ring_await(struct shm_ring *r, word *cursor, uint32_t value, word *mark)
{
	while (*cursor == value) {
		if (*mark == 0)
			cas(mark, 0, 1);
		else if (r->robust)
			nap(mark, 1, 100); /* who was to wake us may have died before it did */
		else
			sleep_on(mark, 1);
	}
}

static inline void
ring_moved(word *mark)
{
	if (*mark != 0 && cas(mark, 1, 0))
		wake(mark, 1);
}

static inline uint32_t ring_taken(uint32_t n) { return (n + 4 + 3) & ~UINT32_C(3); }

static inline void
ring_send(struct shm_ring *r, uint64_t me, const void *msg, uint32_t n)
{
	uint32_t mask = r->capacity - 1, head, at;

	if (robust_lock_if(&r->producers, me, r->robust != 0) == OWNER_DEAD)
		robust_consistent(&r->producers);
	while (head = r->head, at = r->tail, r->capacity - (at - head) < ring_taken(n))
		ring_await(r, &r->head, head, &r->awaits_room);
	memcpy(&r->bytes[at & mask], &n, sizeof n);
	for (uint32_t i = 0; i < n; i++)
		r->bytes[(at + 4 + i) & mask] = ((const unsigned char *)msg)[i];
	r->tail += ring_taken(n);
	ring_moved(&r->awaits_message);
	robust_unlock(&r->producers);
}

static inline uint32_t
ring_receive(struct shm_ring *r, uint64_t me, void *msg)
{
	uint32_t mask = r->capacity - 1, at, n;

	if (robust_lock_if(&r->consumers, me, r->robust != 0) == OWNER_DEAD)
		robust_consistent(&r->consumers);
	at = r->head;
	ring_await(r, &r->tail, at, &r->awaits_message);
	memcpy(&n, &r->bytes[at & mask], sizeof n);
	for (uint32_t i = 0; i < n; i++)
		((unsigned char *)msg)[i] = r->bytes[(at + 4 + i) & mask];
	r->head += ring_taken(n);
	ring_moved(&r->awaits_room);
	robust_unlock(&r->consumers);
	return n;
}
