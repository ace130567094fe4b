package rawsys

import (
	"io/fs"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

func TestFstatWithoutFileSystem(t *testing.T) {
	memory, err := MemfdCreate("", zsys.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(sockets[0])
	defer syscall.Close(sockets[1])
	if _, err := syscall.Write(sockets[1], []byte("hello")); err != nil {
		t.Fatal(err)
	}
	queue, err := syscall.Kqueue()
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(queue)
	for _, tt := range []struct {
		fd       int
		typ      fs.FileMode
		size     int64
		describe string
	}{
		{int(memory.Fd()), 0, 0, "shared memory"},
		{sockets[0], fs.ModeSocket, 5, "a socket with 5 bytes to read"},
		{queue, fs.ModeNamedPipe, 0, "a kqueue"},
	} {
		var st FileStat
		if err := Fstat(tt.fd, &st); err != nil || st.FileMode().Type() != tt.typ || st.Size != tt.size {
			t.Errorf("%s: %v, %d bytes, %v", tt.describe, st.FileMode(), st.Size, err)
		}
	}
}
