package rawsys_test

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"syscall"

	"github.com/rawsys-go/rawsys"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleEnter() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	r, err := rawsys.NewRights(zsys.CAP_READ, zsys.CAP_FSTAT)
	if err != nil {
		log.Fatal(err)
	}
	if err := rawsys.LimitRights(int(f.Fd()), r); err != nil {
		log.Fatal(err)
	}
	if err := rawsys.Enter(); err != nil { // for good
		log.Fatal(err)
	}
	_, err = os.Open("/etc/passwd")
	fmt.Println(errors.Is(err, syscall.ECAPMODE))
}

func ExampleNewRights() {
	// Rights of one word can be joined; these are of two.
	r, err := rawsys.NewRights(zsys.CAP_READ|zsys.CAP_FSTAT, zsys.CAP_EVENT)
	fmt.Println(r, err)
	_, err = rawsys.NewRights(zsys.CAP_READ | zsys.CAP_EVENT)
	fmt.Println(err != nil)
	// Output:
	// CAP_READ|CAP_FSTAT|CAP_EVENT <nil>
	// true
}

func ExampleParseRights() {
	r, err := rawsys.ParseRights("CAP_PREAD | CAP_MKDIRAT")
	fmt.Println(r, err)
	// Output: CAP_READ|CAP_SEEK|CAP_MKDIRAT <nil>
}

func ExampleRightsOf() {
	// As in the CapRights of a zsys.KinfoFile.
	r, err := rawsys.RightsOf(zsys.CapRights{Rights: [2]uint64{zsys.CAP_READ, zsys.CAP_EVENT}})
	fmt.Println(r, r.Valid(), err)
	// Output: CAP_READ|CAP_EVENT true <nil>
}

func ExampleRights_Clear() {
	all := rawsys.AllRights()
	r, err := all.Clear(zsys.CAP_IOCTL, zsys.CAP_TTYHOOK)
	fmt.Println(all.Remove(r), err)
	// Output: CAP_IOCTL|CAP_TTYHOOK <nil>
}

func ExampleRights_Has() {
	client, err := rawsys.NewRights(zsys.CAP_SOCK_CLIENT)
	if err != nil {
		log.Fatal(err)
	}
	connect, err := client.Has(zsys.CAP_CONNECT)
	fmt.Println(connect, err)
	listen, err := client.Has(zsys.CAP_LISTEN)
	fmt.Println(listen, err)
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleRights_Merge() {
	r, err := rawsys.ParseRights("CAP_READ")
	if err != nil {
		log.Fatal(err)
	}
	w, err := r.Set(zsys.CAP_WRITE)
	fmt.Println(w.Contains(r), w.Remove(r).Merge(r).Equal(w), err)
	// Output: true true <nil>
}

func ExampleLimitRights() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	r, err := rawsys.NewRights(zsys.CAP_READ)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(rawsys.LimitRights(int(f.Fd()), r))
	have, err := rawsys.GetRights(int(f.Fd()))
	fmt.Println(have, err)
	_, err = f.Stat()
	fmt.Println(errors.Is(err, syscall.ENOTCAPABLE))
	err = rawsys.LimitRights(int(f.Fd()), rawsys.AllRights())
	fmt.Println(errors.Is(err, fs.ErrPermission))
	// Output:
	// <nil>
	// CAP_READ <nil>
	// true
	// true
}

func ExampleLimitIoctls() {
	f, err := os.Open(os.DevNull)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(rawsys.LimitIoctls(int(f.Fd()), zsys.FIONREAD))
	cmds, all, err := rawsys.GetIoctls(int(f.Fd()))
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
	fmt.Println(rawsys.LimitFcntls(int(f.Fd()), zsys.CAP_FCNTL_GETFL|zsys.CAP_FCNTL_GETOWN))
	fmt.Println(rawsys.GetFcntls(int(f.Fd())))
	// Output:
	// <nil>
	// CAP_FCNTL_GETFL|CAP_FCNTL_GETOWN <nil>
}

func ExampleInCapabilityMode() {
	fmt.Println(rawsys.InCapabilityMode())
	// Output: false <nil>
}

func ExampleAllRights() {
	mayIoctl, err := rawsys.AllRights().Has(zsys.CAP_IOCTL)
	fmt.Println(mayIoctl, err)
	// Output: true <nil>
}

func ExampleRights_Contains() {
	r, err := rawsys.NewRights(zsys.CAP_READ)
	fmt.Println(rawsys.AllRights().Contains(r), r.Contains(rawsys.AllRights()), err)
	// Output: true false <nil>
}

func ExampleRights_Remove() {
	r, err := rawsys.ParseRights("CAP_READ|CAP_WRITE")
	check(err)
	w, err := rawsys.ParseRights("CAP_WRITE|CAP_FSTAT")
	check(err)
	fmt.Println(r.Remove(w))
	// Output: CAP_READ
}

func ExampleGetRights() {
	r, err := rawsys.GetRights(0) // standard input, never limited
	fmt.Println(r, err)
	fmt.Println(rawsys.GetRights(-1))
	// Output:
	// CAP_ALL <nil>
	// CAP_NONE cap_rights_get fd -1: bad file descriptor
}

func ExampleGetIoctls() {
	cmds, all, err := rawsys.GetIoctls(0) // standard input, never limited
	fmt.Println(cmds, all, err)
	// Output: [] true <nil>
}

func ExampleGetFcntls() {
	fmt.Println(rawsys.GetFcntls(0)) // standard input, never limited
	// Output: CAP_FCNTL_ALL <nil>
}
