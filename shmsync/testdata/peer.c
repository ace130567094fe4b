/* Takes part in the tests: peer ROLE TIMES, with the memory as descriptor 3. */
#include "shmsync.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

struct shared {
	struct shm_mutex mutex;
	struct shm_cond cond;
	struct shm_semaphore semaphore;
	struct shm_rwmutex rw;
	struct shm_once once;
	struct shm_waitgroup ours, theirs;
	struct shm_barrier barrier;
	struct shm_robust robust;
	volatile uint64_t a, b; /* equal unless somebody is at work */
	volatile uint32_t turn, ran;
	word arrived[2];
};

static struct shared *s;

static void
count(void)
{
	if (s->a++ != s->b++)
		exit(2);
}

static void
take_turn(void)
{
	mutex_lock(&s->mutex);
	while (s->turn != 1)
		cond_wait(&s->cond, &s->mutex);
	count();
	s->turn = 0;
	cond_wake(&s->cond, 1);
	mutex_unlock(&s->mutex);
}

static void
read_and_write(void)
{
	rw_lock(&s->rw);
	count();
	rw_unlock(&s->rw);
	rw_rlock(&s->rw);
	if (s->a != s->b)
		exit(2);
	rw_runlock(&s->rw);
}

static void
meet(int round)
{
	s->arrived[1]++;
	barrier_wait(&s->barrier, 2);
	if (s->arrived[0] < (uint32_t)round + 1)
		exit(2);
}

static void
echo(struct shm_ring *in, struct shm_ring *out, uint64_t me)
{
	char m[256];
	uint32_t n = ring_receive(in, me, m);

	ring_send(out, me, m, n);
}

/* hold ends the process once it has had the lock for a while. */
static void *
hold(void *me)
{
	if (robust_lock(&s->robust, *(uint64_t *)me) != LOCKED)
		exit(2);
	s->ran = 1;
	usleep(300000);
	robust_unlock(&s->robust);
	exit(0);
}

int
main(int argc, char **argv)
{
	char *mem = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
	const char *role = argv[1];
	uint64_t me = owner_of(getpid());

	if (argc != 3 || mem == MAP_FAILED || me == 0)
		return 1;
	s = (struct shared *)mem;
	if (strcmp(role, "once") == 0) {
		if (once_begin(&s->once)) {
			usleep(20000);
			s->ran++;
			once_end(&s->once);
		}
		return s->ran == 1 ? 0 : 2;
	}
	if (strcmp(role, "group") == 0) {
		for (int n = atoi(argv[2]); n > 0; n--)
			group_add(&s->theirs, -1);
		group_wait(&s->ours);
		return s->ran == 1 ? 0 : 2;
	}
	if (strcmp(role, "die") == 0)
		return robust_lock(&s->robust, me) == LOCKED ? 0 : 2;
	if (strcmp(role, "hold") == 0) {
		static uint64_t owner;
		pthread_t t;

		owner = me;
		if (pthread_create(&t, NULL, hold, &owner) != 0)
			return 1;
		pthread_exit(NULL); /* the process goes on without its first thread */
	}
	if (strcmp(role, "blind") == 0) { /* cannot open what tells whether the holder lives */
		struct rlimit none = {0, 0};

		if (setrlimit(RLIMIT_NOFILE, &none) != 0)
			return 1;
		role = "robust";
	}
	if (strcmp(role, "inherit") == 0) {
		if (robust_lock(&s->robust, me) != OWNER_DEAD)
			return 2;
		robust_consistent(&s->robust);
		robust_unlock(&s->robust);
		return 0;
	}
	for (int i = 0; i < atoi(argv[2]); i++) {
		if (strcmp(role, "mutex") == 0) {
			mutex_lock(&s->mutex);
			count();
			mutex_unlock(&s->mutex);
		} else if (strcmp(role, "rwmutex") == 0) {
			read_and_write();
		} else if (strcmp(role, "cond") == 0) {
			take_turn();
		} else if (strcmp(role, "semaphore") == 0) {
			sem_acquire(&s->semaphore, 2);
			count();
			sem_release(&s->semaphore, 2);
		} else if (strcmp(role, "barrier") == 0) {
			meet(i);
		} else if (strcmp(role, "robust") == 0) {
			if (robust_lock(&s->robust, me) != LOCKED)
				return 2;
			count();
			robust_unlock(&s->robust);
		} else if (strcmp(role, "ring") == 0) {
			echo((struct shm_ring *)(mem + 4096), (struct shm_ring *)(mem + 8192), me);
		} else
			return 1;
	}
	return 0;
}
