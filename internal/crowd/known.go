// Package crowd starts processes, threads, jails, sockets, mappings and files of
// every kind on a FreeBSD system, each of which says what it knows of itself. Tests
// of what reads the kernel's tables compare the tables with that, on the system and,
// from a capture, anywhere.
package crowd

import "strings"

// Roles of members. There is one of each, but for Idle.
const (
	Idle     = "idle"     // waits
	Opener   = "opener"   // has sockets, files and mappings
	Threaded = "threaded" // has threads with names
	Jailed   = "jailed"   // is in a jail
	User     = "user"     // has another user and groups
	Leader   = "leader"   // leads a session
	Nice     = "nice"     // lets others go first
	Sandbox  = "sandbox"  // is in capability mode
	Stopped  = "stopped"  // was stopped by a signal
	Zombie   = "zombie"   // has ended with status ExitStatus
)

// ExitStatus is the status of the zombie.
const ExitStatus = 7

// Known is what is known of a crowd without looking at the tables.
type Known struct {
	Arch     string
	PageSize int
	Members  []Member
}

// Member is a process of the crowd.
type Member struct {
	Role                 string
	Pid, Ppid, Pgid, Sid int
	Uid, Ruid, Gid, Rgid int
	Groups               []int // more than the effective one
	Jail                 int
	Nice                 int
	Umask                int
	Stack                [2]uint64 // limits, soft and hard
	Exe, Cwd             string
	Args, Env            []string
	Started              [2]int64 // not before and not after, in microseconds since 1970

	Threads  []Thread
	Sockets  []Socket
	Files    []File
	Mappings []Mapping
}

// Thread is a thread with a name.
type Thread struct {
	Tid  int
	Name string
}

// Socket is an open socket.
type Socket struct {
	Kind      string // tcp4, tcp6, udp4, udp6, raw4, stream, dgram, seqpacket, sctp4, sctp6
	FD        int
	Local     string // address and port, or path
	Peer      string
	State     string // of TCP and of an association, as in netstat(1)
	Listening bool
	Waiting   int // bytes to read
	Record        // of the socket
}

// File is an open file.
type File struct {
	FD      int
	Type    string // vnode, pipe, dev, …
	Path    string // empty if deleted, or if it has none
	Deleted bool
	Size    int64
	Record  // of the file
}

// Record is what F_KINFO of fcntl(2) told the descriptor's owner: a struct
// kinfo_file. It is no knowledge from elsewhere, but a table to test, which only the
// owner can ask for.
type Record struct {
	Kinfo []byte `json:",omitempty"`
}

// Mapping is a piece of memory.
type Mapping struct {
	Start, End uint64
	Prot       string // r, w and x, or -
	Offset     uint64 // in the file
	Path       string // of the file; empty if deleted
	File       bool
	Resident   int // at least so many pages
}

// Find returns the member with a role.
func (k *Known) Find(role string) *Member {
	for i := range k.Members {
		if k.Members[i].Role == role {
			return &k.Members[i]
		}
	}
	return nil
}

// Inet reports whether the socket's address is one of the internet.
func (s *Socket) Inet() bool { return strings.HasSuffix(s.Kind, "4") || strings.HasSuffix(s.Kind, "6") }
