package capsicum_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/internal/needs"
)

var update = flag.Bool("update", false, "write the table of docs/capsicum.md")

// A need says which rights of a descriptor a call takes. On FreeBSD each is tried
// with exactly these rights, and without each one of them.
type need struct {
	call   string // as a document writes it
	of     string // the descriptor
	rights string // names, joined by "|"; none if there is no right to take away
}

var needed = []need{
	{"`Sendfile`, `SendfileRaw`", "socket `out`", "CAP_SEND"},
	{"`Sendfile`, `SendfileRaw`", "file `in`", "CAP_READ|CAP_SEEK"},
	{"`Transfer.Send`, `Transfer.WriteTo`", "file", "CAP_READ|CAP_SEEK"},
	{"`Transfer.Send`, `Transfer.WriteTo`", "socket", "CAP_SEND"},
	{"`Transfer.Read`", "file", "CAP_READ|CAP_SEEK"},
	{"`CopyRange`, `CopyFileRange`, with offsets", "file `in`", "CAP_READ|CAP_SEEK"},
	{"`CopyRange`, `CopyFileRange`, with offsets", "file `out`", "CAP_WRITE|CAP_SEEK"},
	{"`Fstat`, `FstatConn`", "any", "CAP_FSTAT"},
	{"`Fstatat`", "directory", "CAP_FSTAT|CAP_LOOKUP"},
	{"`AddSeals`, `GetSeals`", "memory file", ""},
	{"`kinfo.Fd`", "any", "CAP_FCNTL"},
	{"`shmsync.FromFile`", "file", "CAP_FSTAT|CAP_MMAP_R|CAP_MMAP_W"},
	{"`capsicum.Limit`, `capsicum.Get` and their kin", "any", ""},
	{"`capsicum.Limit` to ioctls, then `ioctl`", "any", "CAP_IOCTL"},
	{"`os.File.Read`", "file", "CAP_READ"},
	{"`os.File.Write`", "file", "CAP_WRITE"},
	{"`os.File.ReadAt`", "file", "CAP_READ|CAP_SEEK"},
	{"`os.File.WriteAt`", "file", "CAP_WRITE|CAP_SEEK"},
	{"`os.File.Seek`", "file", "CAP_SEEK"},
	{"`os.File.Stat`", "file", "CAP_FSTAT"},
	{"`os.File.Truncate`", "file", "CAP_FTRUNCATE"},
	{"`os.File.Sync`", "file", "CAP_FSYNC"},
	{"`os.File.Chmod`", "file", "CAP_FCHMOD"},
	{"`os.File.ReadDir`", "directory", "CAP_READ"},
	{"`openat` of a file to read", "directory", "CAP_READ|CAP_LOOKUP"},
	{"`openat` of a new file to write", "directory", "CAP_WRITE|CAP_SEEK|CAP_CREATE|CAP_LOOKUP"},
	{"`net.Listener.Accept`", "listener", "CAP_ACCEPT|CAP_EVENT"},
	{"`net.Conn.Read`", "connection", "CAP_RECV"},
	{"`net.Conn.Write`", "connection", "CAP_SEND"},
	{"`net.TCPConn.CloseWrite`", "connection", "CAP_SHUTDOWN"},
	{"`net.TCPConn.SetNoDelay` and other options", "connection", "CAP_SETSOCKOPT"},
	{"`net.FileConn`", "connection", "CAP_EVENT|CAP_GETSOCKNAME|CAP_GETSOCKOPT|CAP_FCNTL"},
}

const (
	tableBegin = "<!-- the table of package capsicum's tests: go test ./capsicum -update -->\n"
	tableEnd   = "<!-- end of the table -->\n"
)

// The table of docs/capsicum.md is the one that the tests try on a kernel.
func TestNeedsAreDocumented(t *testing.T) {
	var b strings.Builder
	b.WriteString(tableBegin + "| call | descriptor | rights |\n| --- | --- | --- |\n")
	for _, n := range needed {
		if n.rights != "" {
			if _, err := capsicum.ParseRights(n.rights); err != nil {
				t.Error(err)
			}
		}
		rights := "none"
		if n.rights != "" {
			rights = "`" + strings.ReplaceAll(n.rights, "|", "`, `") + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", n.call, n.of, rights)
	}
	name := needs.Tree(t) + "/docs/capsicum.md"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), tableBegin)
	_, after, ok2 := strings.Cut(rest, tableEnd)
	if !ok || !ok2 {
		t.Fatal("docs/capsicum.md has no place for the table")
	}
	want := before + b.String() + tableEnd + after
	if want == string(text) {
		return
	}
	if !*update {
		t.Error("docs/capsicum.md has another table; go test ./capsicum -update writes it")
	} else if err := os.WriteFile(name, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}
