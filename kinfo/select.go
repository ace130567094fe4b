package kinfo

import "github.com/rawsys-go/rawsys/zsys"

// A Selection says which processes [Procs] and [Threads] return. One that no process
// belongs to is no error: the loop has no step. Only [ByPid] fails then, with ESRCH.
type Selection struct {
	table int32
	arg   int32
}

// All selects all processes that the caller may see.
func All() Selection { return Selection{table: zsys.KERN_PROC_PROC} }

// ByPid selects one process. If there is none, the error is ESRCH.
func ByPid(pid int) Selection { return Selection{zsys.KERN_PROC_PID, narrow(pid)} }

// ByGroup selects the processes of a process group.
func ByGroup(pgid int) Selection { return Selection{zsys.KERN_PROC_PGRP, narrow(pgid)} }

// BySession selects the processes of a session.
func BySession(sid int) Selection { return Selection{zsys.KERN_PROC_SESSION, narrow(sid)} }

// ByTTY selects the processes of a controlling terminal, named by its device number: the
// Rdev of the terminal's file.
func ByTTY(dev uint64) Selection { return Selection{zsys.KERN_PROC_TTY, int32(dev)} }

// ByUid selects the processes with this effective user.
func ByUid(uid uint32) Selection { return Selection{zsys.KERN_PROC_UID, int32(uid)} }

// ByRuid selects the processes with this real user.
func ByRuid(uid uint32) Selection { return Selection{zsys.KERN_PROC_RUID, int32(uid)} }

// ByGid selects the processes with this effective group.
func ByGid(gid uint32) Selection { return Selection{zsys.KERN_PROC_GID, int32(gid)} }

// ByRgid selects the processes with this real group.
func ByRgid(gid uint32) Selection { return Selection{zsys.KERN_PROC_RGID, int32(gid)} }

// narrow makes a number that no process has of one that the kernel has no room
// for, and of one below zero, which some tables take for the caller.
func narrow(n int) int32 {
	if n < 0 || n > 1<<31-1 {
		return 1<<31 - 1
	}
	return int32(n)
}
