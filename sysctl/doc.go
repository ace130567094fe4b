// Package sysctl reads the values that a FreeBSD kernel keeps in its sysctl tree,
// by number: sysctl(3).
package sysctl
