package kinfo

// Children returns the numbers of the processes whose parent is pid, in the order
// of procs. A process that a debugger traces has the debugger as its parent.
func Children(procs []Proc, pid int) []int {
	var list []int
	for i := range procs {
		if procs[i].Ppid == pid && procs[i].Pid != pid {
			list = append(list, procs[i].Pid)
		}
	}
	return list
}

// Descendants returns the numbers of the children of pid, of their children and so
// on: each process behind its parent.
func Descendants(procs []Proc, pid int) []int {
	list := Children(procs, pid)
	seen := map[int]bool{pid: true}
	for i := 0; i < len(list); i++ {
		if seen[list[i]] { // a number was used again while the table was read
			list = append(list[:i], list[i+1:]...)
			i--
			continue
		}
		seen[list[i]] = true
		list = append(list, Children(procs, list[i])...)
	}
	return list
}

// Ancestors returns the numbers of the parent of pid, of the parent's parent and
// so on, up to the first process that procs does not have.
func Ancestors(procs []Proc, pid int) []int {
	parents := make(map[int]int, len(procs))
	for i := range procs {
		parents[procs[i].Pid] = procs[i].Ppid
	}
	var list []int
	for range procs { // a cycle ends here: the table is not of one moment
		parent, ok := parents[pid]
		if !ok || parent == pid {
			break
		}
		if _, known := parents[parent]; !known {
			break
		}
		list = append(list, parent)
		pid = parent
	}
	return list
}
