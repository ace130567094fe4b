// Package zsys is FreeBSD's binary interface as data and raw system calls,
// generated from defs/ by gen/.
package zsys
