package rawsys_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleMemfdCreate() {
	f, err := rawsys.MemfdCreate("scratch", zsys.MFD_CLOEXEC)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Fprint(f, "never on a disk")
	text, err := io.ReadAll(io.NewSectionReader(f, 9, 100))
	fmt.Printf("%s %v\n", text, err)
	// Output: a disk <nil>
}

func ExampleAddSeals() {
	f, err := rawsys.MemfdCreate("sealed", zsys.MFD_CLOEXEC|zsys.MFD_ALLOW_SEALING)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(rawsys.AddSeals(int(f.Fd()), zsys.F_SEAL_WRITE))
	fmt.Println(rawsys.GetSeals(int(f.Fd())))
	_, err = f.WriteString("x")
	fmt.Println(errors.Is(err, os.ErrPermission))
	// Output:
	// <nil>
	// F_SEAL_WRITE <nil>
	// true
}

// files are a file with ten bytes and an empty one.
func files() (in, out *os.File, remove func()) {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in"), []byte("0123456789"), 0o600); err != nil {
		log.Fatal(err)
	}
	if in, err = os.Open(filepath.Join(dir, "in")); err != nil {
		log.Fatal(err)
	}
	if out, err = os.Create(filepath.Join(dir, "out")); err != nil {
		log.Fatal(err)
	}
	return in, out, func() { os.RemoveAll(dir) }
}

func ExampleCopyRangeConn() {
	in, out, remove := files()
	defer remove()
	fmt.Println(rawsys.CopyRangeConn(out, 0, in, 5, 3, 0))            // three bytes
	fmt.Println(rawsys.CopyRangeConn(out, 3, in, 0, rawsys.ToEOF, 0)) // all
	fmt.Println(rawsys.CopyRangeConn(out, 0, in, 8, 5, 0))            // more than there are
	// Output:
	// 3 <nil>
	// 10 <nil>
	// 2 unexpected EOF
}

func ExampleCopyFileRange() {
	in, out, remove := files()
	defer remove()
	from, to := int64(4), int64(0)
	for { // a call may copy less than it could
		n, err := rawsys.CopyFileRange(int(out.Fd()), &to, int(in.Fd()), &from, 1<<30, 0)
		if err != nil {
			log.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	fmt.Println(from, to)
	// Output: 10 6
}

func ExampleSendfileRaw() {
	in, _, remove := files()
	defer remove()
	sockets, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		log.Fatal(err)
	}
	hdtr := rawsys.SendfileVectors([][]byte{[]byte("<")}, [][]byte{[]byte(">")})
	sent, err := rawsys.SendfileRaw(sockets[0], int(in.Fd()), 2, 3, &hdtr, rawsys.SendfileFlags(0, 0))
	buf := make([]byte, 10)
	n, _ := syscall.Read(sockets[1], buf)
	fmt.Println(sent, err, string(buf[:n]))
	// Output: 5 <nil> <234>
}

func ExampleGetSeals() {
	f, err := rawsys.MemfdCreate("not for seals", zsys.MFD_CLOEXEC)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(rawsys.GetSeals(int(f.Fd())))
	// Output: F_SEAL_SEAL <nil>
}

func ExampleSendfileFlags() {
	flags := rawsys.SendfileFlags(16, zsys.SF_USER_READAHEAD|zsys.SF_NODISKIO)
	fmt.Printf("%#x\n", flags)
	// Output: 0x100009
}

func ExampleSendfileVectors() {
	hdtr := rawsys.SendfileVectors([][]byte{[]byte("one"), nil, []byte("two")}, nil)
	fmt.Println(hdtr.HdrCnt, hdtr.TrlCnt)
	// Output: 2 0
}
