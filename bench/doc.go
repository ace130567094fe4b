// The bench program measures transfers over TCP on loopback: header, file and
// trailer by this module's Transfer and Sendfile, and by what one would write
// without them. It is a module of its own, so that nothing it needs reaches
// the library.
//
//	go run .            the table
//	go run . -o runs    the table, stored for plots
//	go run . -curve     copy against kernel by size: where the threshold lies
//	go run . -calls     system calls per transfer, counted by strace
//	go run ./locks      shmsync beside sync, pthread, sockets and pipes
//	go run ./servers    a file server on Transfer beside net/http and nginx
//	go run ./gopsutil   kinfo beside gopsutil, on FreeBSD
//	go run ./footprint  what an import of zsys costs beside x/sys/unix
//
// Contenders take turns in every round, and the median of the rounds counts. The receiving end
// is a process of its own, so that CPU time is the sender's.
package main
