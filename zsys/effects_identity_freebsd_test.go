package zsys_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

// identity is the effect of a call that changes the users or groups of a process
// to these: the real, the effective and the saved one.
func identity(stub string, call func() error, of func(*testing.T) string, want string) effect {
	return effect{in: stub, where: child, run: func(t *testing.T) {
		ok(t, stub, call())
		same(t, "ids", of(t), want)
	}}
}

// identityEffects are of calls that change who a process is: each has its own.
var identityEffects = []effect{
	identity("Setuid", func() error { return zsys.Setuid(1001) }, users, "1001 1001 1001"),
	identity("Seteuid", func() error { return zsys.Seteuid(1001) }, users, "0 1001 0"),
	identity("Setreuid", func() error { return zsys.Setreuid(1001, 1002) }, users, "1001 1002 1002"),
	identity("Setresuid", func() error { return zsys.Setresuid(1001, 1002, 1003) }, users, "1001 1002 1003"),
	identity("Setgid", func() error { return zsys.Setgid(1001) }, groups, "1001 1001 1001"),
	identity("Setegid", func() error { return zsys.Setegid(1001) }, groups, "0 1001 0"),
	identity("Setregid", func() error { return zsys.Setregid(1001, 1002) }, groups, "1001 1002 1002"),
	identity("Setresgid", func() error { return zsys.Setresgid(1001, 1002, 1003) }, groups, "1001 1002 1003"),
	{in: "Setgroups", where: child, run: func(t *testing.T) {
		ok(t, "setgroups", zsys.Setgroups([]uint32{11, 12, 13}))
		var set [16]uint32
		n, err := zsys.Getgroups(set[:])
		ok(t, "getgroups", err)
		same(t, "groups", fmt.Sprint(set[:n]), "[11 12 13]")
	}},
	{in: "Setugid", run: func(t *testing.T) { is(t, "__setugid", zsys.Setugid(1), syscall.ENOSYS) }},
	{in: "Setlogin", where: child, run: func(t *testing.T) {
		_, err := zsys.Setsid()
		ok(t, "setsid", err)
		ok(t, "setlogin", zsys.Setlogin("someone"))
		var name [33]byte
		ok(t, "getlogin", zsys.Getlogin(name[:]))
		same(t, "login", cut(name[:]), "someone")
	}},
	{in: "Setloginclass", where: child, run: func(t *testing.T) {
		ok(t, "setloginclass", zsys.Setloginclass("staff"))
		var name [33]byte
		ok(t, "getloginclass", zsys.Getloginclass(name[:]))
		same(t, "class", cut(name[:]), "staff")
	}},
	{in: "Setsid", where: child, run: func(t *testing.T) {
		n, err := zsys.Setsid()
		ok(t, "setsid", err)
		same(t, "session", n, os.Getpid())
	}},
	{in: "Setpgid", where: child, run: func(t *testing.T) {
		ok(t, "setpgid", zsys.Setpgid(0, int32(os.Getpid())))
		n, err := zsys.Getpgrp()
		ok(t, "getpgrp", err)
		same(t, "group", n, os.Getpid())
	}},
	{in: "Setfib", where: child, run: func(t *testing.T) {
		ok(t, "setfib", zsys.Setfib(0))
		is(t, "setfib of no table", zsys.Setfib(1<<20), syscall.EINVAL)
	}},
	{in: "CapEnter", where: child, run: func(t *testing.T) {
		ok(t, "cap_enter", zsys.CapEnter())
		var mode uint32
		ok(t, "cap_getmode", zsys.CapGetmode(&mode))
		same(t, "mode", mode, 1)
	}},
	{in: "JailAttach JailRemove", where: child, run: func(t *testing.T) {
		is(t, "jail_attach to none", zsys.JailAttach(99999), syscall.EINVAL)
		is(t, "jail_remove of none", zsys.JailRemove(99999), syscall.EINVAL)
		for _, last := range []bool{false, true} {
			name := fmt.Sprintf("rawsys%d%v\x00", os.Getpid(), last) // the last outlives us, and its name
			n, err := zsys.JailSet(iovecs("name\x00", name, "path\x00", "/\x00", "persist\x00", ""), zsys.JAIL_CREATE)
			ok(t, "jail_set", err)
			if !last {
				ok(t, "jail_remove", zsys.JailRemove(int32(n)))
				is(t, "jail_remove again", zsys.JailRemove(int32(n)), syscall.EINVAL)
				continue
			}
			ok(t, "jail_attach", zsys.JailAttach(int32(n)))
			jailed, err := syscall.SysctlUint32("security.jail.jailed")
			ok(t, "security.jail.jailed", err)
			same(t, "jailed", jailed, 1)
		}
	}},
	{in: "Reboot", where: child, run: func(t *testing.T) {
		ok(t, "setuid", zsys.Setuid(1001))
		is(t, "reboot by a user who may not", zsys.Reboot(0), syscall.EPERM)
	}},
}

// users are the real, effective and saved one.
func users(t *testing.T) string {
	var r, e, s uint32
	ok(t, "getresuid", zsys.Getresuid(&r, &e, &s))
	return fmt.Sprint(r, e, s)
}

// groups are the real, effective and saved one.
func groups(t *testing.T) string {
	var r, e, s uint32
	ok(t, "getresgid", zsys.Getresgid(&r, &e, &s))
	return fmt.Sprint(r, e, s)
}

// cut is what stands before the NUL.
func cut(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}
