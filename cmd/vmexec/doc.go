//go:build unix

// Vmexec runs test binaries for FreeBSD on a real FreeBSD kernel, on a machine
// that has none: it boots the kernel in QEMU, with nothing in user space but Go
// programs, and makes the test look as if it ran here.
//
//	GOOS=freebsd go test -exec 'vmexec -kernel FILE' ./...
//	GOOS=freebsd GOARCH=386 go test -exec 'vmexec -kernel FILE' ./...
//	vmexec -kernel FILE test ./...
//	vmexec -kernel FILE -goarch amd64,386 test ./... -args -test.run=Socket
//
// The first form is for the go command, which starts vmexec once per package;
// with go test -p 1, the boots don't compete. The last two compile the tests of all
// packages themselves and share them out to two machines, each of which boots once;
// what took longest before runs first.
// They print a line per package, the counts, and why tests were skipped. Build flags
// come from GOFLAGS. All take the kernel's file from RAWSYS_FREEBSD_KERNEL when
// there is no -kernel. vmexec -h lists the flags.
//
// A kernel for amd64 runs tests for amd64 and 386, one for arm64 those for arm64
// and arm. Without GOARCH and -goarch, the tests are for the kernel's own.
//
// vmexec test leaves out what would tell nothing new or take long, and says so:
// packages of a pattern such as ./... whose code is the same on this system, as go
// test shows these here; and, without hardware virtualisation, what tests spare with
// -short. With -all it leaves out nothing.
//
// In software, where all guests together have more processors than the host, the
// processors of a guest take turns in one thread of QEMU: two guests of two boot in a
// twelfth of the time on a host of two so, and run a suite 1.6 times as fast, as no
// thread waits for one that has no processor. But two processors of the guest never
// run at the same instant; with -guests 1 on a host of two they do.
//
// # What is needed
//
// The go command, QEMU 7.0 or later (Debian: qemu-system-x86 for a kernel for amd64,
// qemu-system-arm for one for arm64; Homebrew: qemu), and a kernel of FreeBSD as
// releases have it:
//
//	curl -O https://download.freebsd.org/releases/amd64/15.0-RELEASE/kernel.txz
//	tar -xf kernel.txz ./boot/kernel/kernel ./boot/kernel/fdescfs.ko
//	vmexec -kernel boot/kernel/kernel ...
//
// (with releases/arm64/aarch64 for arm64) or one's own. It must have cd9660, tmpfs,
// virtio_pci, virtio_blk and uart built in, and COMPAT_FREEBSD32 for 386 and arm, as
// GENERIC has. For amd64 it must have the entry for PVH, which XENHVM in GENERIC
// brings; for arm64 FDT, LINUX_BOOT_ABI and uart_ns8250. From the directory of the
// kernel, the modules fdescfs (without which /dev/fd ends at 2), mqueuefs and sem are
// loaded when they are there.
//
// It was run with QEMU 7.2 in software on Linux/amd64, and with kernels for amd64 and
// arm64 that were built from the sources of FreeBSD 15.0: the GENERIC configuration
// less NFS, and a small one. With KVM, with HVF on macOS, on a host with an arm64
// processor, and with binary releases it is untested. Where hardware virtualisation
// is there but the guest does not start, vmexec says so and goes on in software;
// -accel names one way.
//
// # What a test finds
//
// It runs as root, as one of two processes, with its own arguments, the working
// directory and the environment of the host, less what names the host's own
// things (PATH, HOME, TMPDIR and the like). The module around the working
// directory, or what -root names, is there under its own path. All of it can be
// written and nothing of it comes back, but for profiles, coverage, and the
// corpus of a fuzz test. /tmp is empty; lo0 is up with 127.0.0.1 and ::1; there
// is no other network, no shell and no program but the test itself. What a test
// leaves running is killed with its end. The go command does not cache results:
// it could not know that the kernel has changed.
//
// # How it can be believed
//
// The kernel's messages and init's reports have a serial line each. Output of
// tests is data in frames, so nothing that a test prints reads like a report.
// Frames are authenticated under a key that is new for each boot and that init
// removes from the kernel's environment before the first test. A test that
// writes on the line itself, which root can, ends the run with an error.
//
// # Exit status
//
// It is the test binary's, 128 and the signal's number when one killed it, or
// with test 1 when anything failed. Failures of the runner's own are:
//
//	120  the command line is wrong
//	121  the kernel is missing, or none for amd64 or arm64 that QEMU can start
//	122  the test binary is no static one for FreeBSD that the kernel runs
//	123  the files for the guest are too many for its memory, have names that
//	     are too long for FreeBSD, or are unreadable
//	124  the test or the guest took too long; the console's last lines are shown
//	125  QEMU or the go command is missing or failed
//	126  the kernel panicked or found no root; its last lines are shown
//	127  the guest's reports ended early or were tampered with
package main
