package capsicum_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleEnter() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	if err := capsicum.LimitConn(f, capsicum.MustRights(zsys.CAP_READ, zsys.CAP_FSTAT)); err != nil {
		log.Fatal(err)
	}
	if err := capsicum.Enter(); err != nil { // for good
		log.Fatal(err)
	}
	_, err = os.Open("/etc/passwd")
	fmt.Println(errors.Is(err, syscall.ECAPMODE))
}

func ExampleLimit() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(capsicum.Limit(int(f.Fd()), capsicum.MustRights(zsys.CAP_READ)))
	have, err := capsicum.Get(int(f.Fd()))
	fmt.Println(have, err)
	_, err = f.Stat()
	fmt.Println(errors.Is(err, syscall.ENOTCAPABLE))
	err = capsicum.Limit(int(f.Fd()), capsicum.AllRights())
	fmt.Println(errors.Is(err, fs.ErrPermission))
	// Output:
	// <nil>
	// CAP_READ <nil>
	// true
	// true
}

func ExampleLimitConn() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer listener.Close()
	fmt.Println(capsicum.LimitConn(listener, capsicum.MustRights(zsys.CAP_ACCEPT, zsys.CAP_EVENT, zsys.CAP_GETSOCKNAME)))
	fmt.Println(capsicum.GetConn(listener))
	fmt.Println(capsicum.LimitConn(3, capsicum.Rights{})) // a descriptor: for Limit
	// Output:
	// <nil>
	// CAP_ACCEPT|CAP_GETSOCKNAME|CAP_EVENT <nil>
	// cap_rights_limit: invalid argument (int has no descriptor; an *os.File, a net.Listener or a net.Conn has)
}

func ExampleLimitIoctls() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(capsicum.LimitIoctls(int(f.Fd()), zsys.FIONREAD))
	cmds, all, err := capsicum.GetIoctls(int(f.Fd()))
	fmt.Println(len(cmds), all, err)
	// Output:
	// <nil>
	// 1 false <nil>
}

func ExampleLimitFcntls() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(capsicum.LimitFcntls(int(f.Fd()), zsys.CAP_FCNTL_GETFL|zsys.CAP_FCNTL_GETOWN))
	fmt.Println(capsicum.GetFcntls(int(f.Fd())))
	// Output:
	// <nil>
	// CAP_FCNTL_GETFL|CAP_FCNTL_GETOWN <nil>
}

func ExampleEntered() {
	fmt.Println(capsicum.Entered())
	// Output: false <nil>
}

func ExampleGet() {
	r, err := capsicum.Get(0) // standard input, never limited
	fmt.Println(r, err)
	fmt.Println(capsicum.Get(-1))
	// Output:
	// CAP_ALL <nil>
	// CAP_NONE cap_rights_get fd -1: bad file descriptor
}

func ExampleGetIoctls() {
	cmds, all, err := capsicum.GetIoctls(0) // standard input, never limited
	fmt.Println(cmds, all, err)
	// Output: [] true <nil>
}

func ExampleGetFcntls() {
	fmt.Println(capsicum.GetFcntls(0)) // standard input, never limited
	// Output: CAP_FCNTL_ALL <nil>
}
