// Package shmsync has locks for goroutines and processes: what package sync
// would be in shared memory. It runs on FreeBSD and Linux, and is empty elsewhere.
//
// [Mutex], [RWMutex], [Cond], [Semaphore], [Once], [WaitGroup] and [Barrier] are
// structs of a fixed size without pointers. Memory of zeros is a value that is
// ready for use. They work at any address that is a multiple of 4: in memory
// that several processes map, and in the heap of one. [RobustMutex] survives the
// process that holds it, and needs a multiple of 8. [Region] maps shared memory,
// says how to hand it to another process, and places values in it with [At].
// [Ring] is a queue of messages between processes.
//
// # Waiting
//
// As long as nobody waits, locking and unlocking make no system call and allocate
// nothing. Who has to wait first looks again for some microseconds, and then
// sleeps in the kernel: futex(2) on Linux, _umtx_op(2) on FreeBSD. Each goroutine
// that sleeps occupies a thread, with some 10 KB of memory, but no processor of
// GOMAXPROCS. A Go program has at most 10000 threads (debug.SetMaxThreads). For
// goroutines of one process alone, package sync is the better choice.
//
// Methods that wait come in three forms: for ever; until a context is done, with
// its error; and until a time, with os.ErrDeadlineExceeded. A lock that is free is
// taken even if the context is done or the time has passed. Times count on the
// monotonic clock: setting the time of day moves nothing. The end of a context
// wakes all who sleep on the same word, and all but the one go back to sleep. A
// wait with a context allocates when it has to sleep; one with a deadline does not.
//
// Unlock wakes one waiter. Who comes at that moment may be faster than who was
// woken. But once somebody has slept and waited for 50 ms, Unlock leaves the lock to
// those who sleep, in the order in which they fell asleep, up to that one; who comes
// now sleeps behind them. So one hardly waits longer than 50 ms and the turns of those who are
// before. TryLock does not mind the order. If those to whom a lock is left do not come
// within 1 ms, because they are stopped or dead, anybody may take it.
// RWMutex and Semaphore say what they promise.
//
// # Memory order
//
// It is that of package sync. What was written before an Unlock is seen after the
// Lock that follows, by other processes too. The same holds for a Signal and the
// Wait that it ends, Release and the Acquire that gets the permits, Done and the
// Wait that sees 0, the function of Once and every Do that returns, the arrivals
// at a Barrier and their going on, Send and the Receive of that message. All words
// are accessed with sequential consistency. The race detector sees these edges
// within one process. It takes locks whose addresses are equal modulo 4096 for one,
// and may miss a race for that reason. It does not watch mapped memory itself.
//
// # Death and trust
//
// A process that is killed while it holds a lock other than [RobustMutex], or that
// has just been woken, may leave others waiting for ever. A RobustMutex and a
// robust Ring are handed on within 100 ms of the death, mostly within a few.
//
// Who can write to the memory can break every lock in it. A word that no lock has
// written makes a method panic, or return [ErrCorrupt] from forms that return an
// error. No value makes a Try form hang.
//
// # Layout, for programs in C and other languages
//
// All fields are unsigned and in the machine's byte order. testdata/shmsync.h
// has all of this in C, and the tests join by it on Linux.
//
//	Mutex        4  0: 0 free, 1 locked, 2 and somebody may sleep on it, 3 and has waited for 50 ms, 4 free for who slept
//	RWMutex     16  0: state: readers 15 bits, waiting readers 14, pending, held, phase; 4: Mutex of writers; 8, 12: sleep words
//	Cond         8  0: sequence, to sleep on; 4: waiters
//	Semaphore   12  0: permits, bit 31: the head waits on it; 4: Mutex of the queue; 8: bound, 0 is 2147483647
//	Once         4  0: 0 new, 1 running, 2 running and somebody may sleep on it, 3 done
//	WaitGroup    4  0: counter, bit 31: somebody may sleep on it
//	Barrier      4  0: arrived 16 bits, rounds 16 bits; sleep on it
//	RobustMutex  8  0: 64 bits: process number 22, waiters, inconsistent, not recoverable, due, start time 38
//	Ring       512  128: RobustMutex of senders, tail; 256: of receivers, head; 384, 388: who waits sleeps on it; 512: bytes
//
// Sleeps and wakes are those of shared memory: without FUTEX_PRIVATE_FLAG. A
// RobustMutex's sleepers sleep on the half with the process number, for 1, 2, 4
// and so on ms, at most 100, and then look whether the process lives. Start times
// are in hundredths of a second since the system's start: field 22 of
// /proc/PID/task/PID/stat on Linux, ki_start minus kern.boottime on FreeBSD.
package shmsync
