/*
 * The baseline in C: workers lock a process-shared pthread mutex, count, unlock.
 * usage: locks mutex|robust threads|processes WORKERS WARM MICROSECONDS INSIDE OUTSIDE
 * The first WARM microseconds do not count. Prints nanoseconds and each worker's operations.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { most = 64 };
enum { warming, measuring, stopped };

struct arena {
	pthread_mutex_t mutex;
	volatile uint64_t count;
	char apart[80];
	_Atomic uint32_t ready, start, phase;
	uint64_t done[most];
	uint64_t sink[most];
};

static struct arena *a;
static int inside, outside;

static void
check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		_exit(1);
	}
}

static uint64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static uint64_t
multiply(uint64_t x, int n)
{
	while (n-- > 0)
		x = x * 6364136223846793005ull + 1442695040888963407ull;
	return x;
}

static void *
work(void *arg)
{
	uint64_t n = 0, x = 1;
	uint32_t phase;
	intptr_t i = (intptr_t)arg;

	a->ready++;
	while (!a->start)
		usleep(50);
	while ((phase = a->phase) != stopped) {
		check(pthread_mutex_lock(&a->mutex) == 0, "lock");
		a->count++;
		x = multiply(x, inside);
		check(pthread_mutex_unlock(&a->mutex) == 0, "unlock");
		x = multiply(x, outside);
		n += phase; /* 0 or 1 */
	}
	a->done[i] = n;
	a->sink[i] = x;
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_mutexattr_t attr;
	pthread_t thread[most];
	uint64_t began, took;
	int threads, n, status;

	check(argc == 8, "arguments");
	threads = strcmp(argv[2], "threads") == 0;
	n = atoi(argv[3]);
	inside = atoi(argv[6]);
	outside = atoi(argv[7]);
	check(n > 0 && n <= most, "workers");
	a = mmap(NULL, sizeof(*a), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANON, -1, 0);
	check(a != MAP_FAILED, "mmap");
	check(pthread_mutexattr_init(&attr) == 0, "attr");
	check(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED) == 0, "pshared");
	if (strcmp(argv[1], "robust") == 0)
		check(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST) == 0, "robust");
	check(pthread_mutex_init(&a->mutex, &attr) == 0, "mutex");
	for (intptr_t i = 0; i < n; i++) {
		if (threads) {
			check(pthread_create(&thread[i], NULL, work, (void *)i) == 0, "thread");
			continue;
		}
		switch (fork()) {
		case -1:
			check(0, "fork");
		case 0:
			work((void *)i);
			_exit(0);
		}
	}
	while (a->ready < (uint32_t)n)
		usleep(50);
	a->start = 1;
	usleep(atoi(argv[4]));
	a->phase = measuring;
	began = now();
	usleep(atoi(argv[5]));
	a->phase = stopped;
	took = now() - began;
	for (int i = 0; i < n; i++) {
		if (threads)
			check(pthread_join(thread[i], NULL) == 0, "join");
		else
			check(wait(&status) > 0 && status == 0, "worker");
	}
	printf("%llu", (unsigned long long)took);
	for (int i = 0; i < n; i++)
		printf(" %llu", (unsigned long long)a->done[i]);
	printf("\n");
	return 0;
}
