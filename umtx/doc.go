// Package umtx makes FreeBSD's system call _umtx_op(2), on which its thread library
// builds locks: one typed function for each operation on words, mutexes,
// conditions, read-write locks and semaphores, within a process or in memory that
// processes share.
//
// The structures are zsys.Umutex, zsys.Ucond, zsys.Urwlock and zsys.Usem2. They, and
// the time limits of waits, are data and compile on every system; what calls the
// kernel exists on FreeBSD alone.
//
// These are raw materials. A umutex belongs to a thread, while goroutines move
// between threads: [MutexLock] says what that takes. Package shmsync has locks for
// goroutines, in this process and in others.
package umtx
