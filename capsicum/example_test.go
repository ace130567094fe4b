package capsicum_test

import (
	"flag"
	"fmt"

	"github.com/rawsys-go/rawsys/capsicum"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleNewRights() {
	// Rights of one word can be joined; these are of two.
	r, err := capsicum.NewRights(zsys.CAP_READ|zsys.CAP_FSTAT, zsys.CAP_EVENT)
	fmt.Println(r, err)
	_, err = capsicum.NewRights(zsys.CAP_READ | zsys.CAP_EVENT)
	fmt.Println(err != nil)
	// Output:
	// CAP_READ|CAP_FSTAT|CAP_EVENT <nil>
	// true
}

func ExampleParseRights() {
	r, err := capsicum.ParseRights("CAP_PREAD | CAP_MKDIRAT")
	fmt.Println(r, err)
	// Output: CAP_READ|CAP_SEEK|CAP_MKDIRAT <nil>
}

func ExampleRightsOf() {
	// As in the CapRights of a zsys.KinfoFile.
	r, err := capsicum.RightsOf(zsys.CapRights{Rights: [2]uint64{zsys.CAP_READ, zsys.CAP_EVENT}})
	fmt.Println(r, r.Valid(), err)
	// Output: CAP_READ|CAP_EVENT true <nil>
}

func ExampleRights_Clear() {
	all := capsicum.AllRights()
	r, err := all.Clear(zsys.CAP_IOCTL, zsys.CAP_TTYHOOK)
	fmt.Println(all.Remove(r), err)
	// Output: CAP_IOCTL|CAP_TTYHOOK <nil>
}

func ExampleRights_Has() {
	client := capsicum.MustRights(zsys.CAP_SOCK_CLIENT)
	connect, err := client.Has(zsys.CAP_CONNECT)
	fmt.Println(connect, err)
	listen, err := client.Has(zsys.CAP_LISTEN)
	fmt.Println(listen, err)
	// Output:
	// true <nil>
	// false <nil>
}

func ExampleRights_Merge() {
	r := capsicum.MustRights(zsys.CAP_READ)
	w, err := r.Set(zsys.CAP_WRITE)
	fmt.Println(w.Contains(r), w.Remove(r).Merge(r).Equal(w), err)
	// Output: true true <nil>
}

func ExampleAllRights() {
	mayIoctl, err := capsicum.AllRights().Has(zsys.CAP_IOCTL)
	fmt.Println(mayIoctl, err)
	// Output: true <nil>
}

func ExampleRights_Contains() {
	r := capsicum.MustRights(zsys.CAP_READ)
	fmt.Println(capsicum.AllRights().Contains(r), r.Contains(capsicum.AllRights()))
	// Output: true false
}

func ExampleRights_Remove() {
	r := capsicum.MustRights(zsys.CAP_READ, zsys.CAP_WRITE)
	w := capsicum.MustRights(zsys.CAP_WRITE, zsys.CAP_FSTAT)
	fmt.Println(r.Remove(w))
	// Output: CAP_READ
}

func ExampleMustRights() {
	// What a server needs of its listener under Go's runtime.
	accept := capsicum.MustRights(zsys.CAP_ACCEPT, zsys.CAP_EVENT, zsys.CAP_GETSOCKNAME)
	fmt.Println(accept)
	// Output: CAP_ACCEPT|CAP_GETSOCKNAME|CAP_EVENT
}

func ExampleRights_UnmarshalText() {
	flags := flag.NewFlagSet("worker", flag.ContinueOnError)
	var r capsicum.Rights
	flags.TextVar(&r, "rights", capsicum.MustRights(zsys.CAP_READ), "rights of the descriptor")
	err := flags.Parse([]string{"-rights", "CAP_READ|CAP_FSTAT"})
	fmt.Println(r, err)
	// Output: CAP_READ|CAP_FSTAT <nil>
}
