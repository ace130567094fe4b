// Package capsicum limits what a process may do: FreeBSD's capability mode, and
// the rights of descriptors. See capsicum(4) and rights(4).
//
// A program opens what it needs, limits each descriptor to the operations that it
// needs them for with [Limit] or [LimitConn], and calls [Enter]. From then on
// neither a bug nor hostile input can make it reach more than that.
//
// [Rights] are data: sets of rights, their algebra and their text form are on
// every system, also to read what a FreeBSD system wrote. What calls the kernel
// exists on FreeBSD alone, so that a program that asks for a sandbox elsewhere
// does not compile.
//
// Which rights an operation needs is in docs/capsicum.md, also for what Go's
// runtime does behind an operation: it registers sockets, pipes and terminals with
// kqueue(2), which takes CAP_EVENT, and waits there.
//
// Errors of this package are a [*rawsys.Error].
package capsicum
