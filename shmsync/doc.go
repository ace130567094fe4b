// Package shmsync has locks for goroutines and processes: what package sync
// would be in shared memory. It runs on FreeBSD and Linux. On other systems it is
// empty, so that programs that need it do not compile there.
//
// [Mutex], [RWMutex], [Cond], [Semaphore], [Once], [WaitGroup] and [Barrier] are
// structs of a fixed size without pointers. Memory of zeros is a value that is
// ready for use. They work at any address that is a multiple of 4: in memory
// that several processes map, and in the heap of one. [RobustMutex] knows which
// process holds it, survives that process, and needs a multiple of 8. [Region]
// maps shared memory and places values in it. [Ring] is a queue of messages
// between processes.
//
// # Waiting
//
// As long as nobody waits, locking and unlocking make no system call and allocate
// nothing. Who has to wait first looks again for some microseconds, and then
// sleeps in the kernel: _umtx_op(2) with UMTX_OP_WAIT_UINT on FreeBSD, futex(2)
// with FUTEX_WAIT on Linux. Each goroutine that sleeps occupies a thread, whose
// stack and kernel memory are some 10 KB, but none of GOMAXPROCS's processors.
// A Go program has at most 10000 threads, see runtime/debug.SetMaxThreads. For the
// goroutines of one process alone, package sync is the better choice.
//
// Methods that wait come in three forms: for ever; until a context is done, with
// its error; and until a time, with os.ErrDeadlineExceeded. A lock that is free is
// taken even if the context is done or the time has passed. Times count on the
// monotonic clock, as time.Time does: setting the time of day moves nothing. A
// context's end wakes everybody who sleeps on the same word, once or a few times,
// and all but the one go back to sleep. A wait with a context allocates when it
// has to sleep; one with a deadline does not.
//
// Unlock wakes one waiter. Who comes at that moment may be faster than who was
// woken. So a Mutex is not fair: nobody is promised a turn within a number of
// turns, and whoever sleeps long does not get the lock sooner. RWMutex says what it
// promises to readers and writers.
//
// # Memory order
//
// It is that of package sync. What was written before an Unlock is seen after the
// Lock that follows, by other processes too. The same holds for a Signal and the
// Wait that it ends, Release and the Acquire that gets the permits, Done and the
// Wait that sees 0, the function of Once and every Do that returns, the arrivals
// at a Barrier and their going on. All accesses to the words are sequentially
// consistent. The race detector sees these edges between goroutines of one process
// wherever the words lie, though it does not watch mapped memory itself. It takes
// locks whose addresses are equal modulo 4096 for one: it may miss a race for that
// reason, and reports none that is not there.
//
// # Death
//
// A process that is killed while it holds a lock other than [RobustMutex], or that
// has just been woken, may leave others waiting for ever: use a RobustMutex, or
// forms with a deadline.
//
// # Trust
//
// Who can write to the memory can break every lock in it. A word with a value that
// no lock has written makes the method panic, or return [ErrCorrupt] from
// forms that return an error; no value makes a Try form hang.
//
// # Layout, for programs in C and other languages
//
// All fields are unsigned and in the machine's byte order.
//
//	Mutex        4  0: 0 free, 1 locked, 2 locked and somebody may sleep on it
//	RWMutex     16  0: state: readers 15 bits, waiting readers 14, pending, held, phase; 4: Mutex of writers; 8, 12: sleep words
//	Cond         8  0: sequence, to sleep on; 4: waiters
//	Semaphore   12  0: permits, bit 31: the head waits on it; 4: Mutex of the queue; 8: bound, 0 is 2147483647
//	Once         4  0: 0 new, 1 running, 2 running and somebody may sleep on it, 3 done
//	WaitGroup    4  0: counter, bit 31: somebody may sleep on it
//	Barrier      4  0: arrived 16 bits, rounds 16 bits; sleep on it
//	RobustMutex  8  0: 64 bits: process number 22, waiters, inconsistent, not recoverable, start time 39
//
// To lock a Mutex, change its word from 0 to 1. If it is not 0, change 1 to 2 and
// sleep while it is 2; after that change it from 0 to 2. To unlock, change it to 0,
// and wake one sleeper if it was 2. The sleeps and wakes are those of shared
// memory: FUTEX_WAIT and FUTEX_WAKE without FUTEX_PRIVATE_FLAG. A RobustMutex's
// sleepers sleep on the half with the process number, for 1, 2, 4 and so on ms, and
// at most 100 ms at a time; if nobody ended that sleep they look whether the
// process lives.
// Start times are in hundredths of a second since the system's start: field 22
// of /proc/PID/task/PID/stat on Linux, and ki_start minus kern.boottime on FreeBSD.
package shmsync
