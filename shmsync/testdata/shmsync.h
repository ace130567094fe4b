/*
 * The locks of package shmsync in C11, for Linux: what another language has to do to
 * join. Every wait is without a limit here. All words are accessed atomically and
 * with sequential consistency, which is what _Atomic does.
 */
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

/* Mutex: 0 free, 1 locked, 2 locked and somebody may sleep on it. */
struct shm_mutex { word state; };

static inline void
mutex_lock(struct shm_mutex *m)
{
	if (cas(&m->state, 0, 1))
		return;
	while (!cas(&m->state, 0, 2)) {
		cas(&m->state, 1, 2);
		sleep_on(&m->state, 2);
	}
}

static inline void
mutex_unlock(struct shm_mutex *m)
{
	if (atomic_exchange(&m->state, 0) == 2)
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

/* RobustMutex. An owner is its start time << 25 and its number. */
struct shm_robust { _Atomic uint64_t state; };

#define ROBUST_PID          ((UINT64_C(1) << 22) - 1)
#define ROBUST_WAITERS      (UINT64_C(1) << 22)
#define ROBUST_INCONSISTENT (UINT64_C(1) << 23)
#define ROBUST_LOST         (UINT64_C(1) << 24)
#define ROBUST_FLAGS        (ROBUST_WAITERS | ROBUST_INCONSISTENT | ROBUST_LOST)

/* owner_of returns the owner of a process, or 0 if it has ended. */
static inline uint64_t
owner_of(uint64_t pid)
{
	char path[64], text[1024], *p, state = 0;
	unsigned long long start = 0;
	size_t n;

	snprintf(path, sizeof path, "/proc/%d/task/%d/stat", (int)pid, (int)pid);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		return 0;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = 0;
	if ((p = strrchr(text, ')')) == NULL || sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d"
	    " %*d %*d %llu", &state, &start) != 2 || state == 'Z' || state == 'X')
		return 0;
	return (uint64_t)start << 25 | pid;
}

/* robust_half is the half with the process number, to sleep on. */
static inline word *
robust_half(struct shm_robust *m)
{
	const uint32_t one = 1;
	return (word *)&m->state + (*(const char *)&one == 1 ? 0 : 1);
}

enum { LOCKED, OWNER_DEAD, NOT_RECOVERABLE };

static inline int
robust_lock(struct shm_robust *m, uint64_t me)
{
	uint64_t mark = 0, slept = 0;
	int nap = 1; /* ms */
	bool look = false;

	for (;;) {
		uint64_t v = m->state, owner = v & ~ROBUST_FLAGS;
		if (v & ROBUST_LOST)
			return NOT_RECOVERABLE;
		if (v != slept) {
			nap = 1;
			look = false;
		}
		if (v == 0) {
			if (atomic_compare_exchange_strong(&m->state, &v, me | mark))
				return LOCKED;
		} else if (look && owner_of(owner & ROBUST_PID) != owner) {
			if (atomic_compare_exchange_strong(&m->state, &v, me | ROBUST_INCONSISTENT | (v & ROBUST_WAITERS) | mark))
				return OWNER_DEAD;
		} else if (!(v & ROBUST_WAITERS)) {
			atomic_compare_exchange_strong(&m->state, &v, v | ROBUST_WAITERS);
		} else {
			struct timespec t = {0, nap * 1000000L};
			look = syscall(SYS_futex, robust_half(m), FUTEX_WAIT, (uint32_t)v, &t, NULL, 0) != 0;
			slept = v;
			mark = ROBUST_WAITERS; /* others may sleep, and who has slept cannot know */
			nap = nap < 64 ? 2 * nap : 100;
		}
	}
}

static inline void robust_consistent(struct shm_robust *m) { atomic_fetch_and(&m->state, ~ROBUST_INCONSISTENT); }

static inline void
robust_unlock(struct shm_robust *m)
{
	uint64_t v = m->state, next;

	do
		next = v & ROBUST_INCONSISTENT ? ROBUST_LOST : 0;
	while (!atomic_compare_exchange_strong(&m->state, &v, next));
	if (next != 0)
		wake(robust_half(m), INT_MAX);
	else if (v & ROBUST_WAITERS)
		wake(robust_half(m), 1);
}

/* Ring: this head of 512 bytes, and behind it the bytes. Cursors count them without end. */
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
ring_await(word *cursor, uint32_t value, word *mark)
{
	while (*cursor == value) {
		if (*mark == 0)
			cas(mark, 0, 1);
		else
			sleep_on(mark, 1); /* of a robust ring no longer than a nap, since who wakes may die */
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

	if (robust_lock(&r->producers, me) == OWNER_DEAD)
		robust_consistent(&r->producers);
	while (head = r->head, at = r->tail, r->capacity - (at - head) < ring_taken(n))
		ring_await(&r->head, head, &r->awaits_room);
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

	if (robust_lock(&r->consumers, me) == OWNER_DEAD)
		robust_consistent(&r->consumers);
	at = r->head;
	ring_await(&r->tail, at, &r->awaits_message);
	memcpy(&n, &r->bytes[at & mask], sizeof n);
	for (uint32_t i = 0; i < n; i++)
		((unsigned char *)msg)[i] = r->bytes[(at + 4 + i) & mask];
	r->head += ring_taken(n);
	ring_moved(&r->awaits_room);
	robust_unlock(&r->consumers);
	return n;
}
