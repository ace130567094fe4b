// Package umtx has locks that goroutines share with each other and with
// goroutines and threads of other processes, over FreeBSD's _umtx_op(2). It is
// empty on other systems.
//
// The pthread locks of FreeBSD and the umutex that they are made of belong to
// threads, between which goroutines move. These belong to nobody: whoever can
// reach the memory can lock and unlock.
package umtx
