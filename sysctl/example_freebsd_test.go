package sysctl_test

import (
	"fmt"
	"log"

	"github.com/rawsys-go/rawsys/sysctl"
	"github.com/rawsys-go/rawsys/zsys"
)

func ExampleString() {
	name, err := sysctl.String("kern.ostype")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(name)
	// Output: FreeBSD
}

func ExampleRead() {
	var boot zsys.Timeval
	if err := sysctl.Read("kern.boottime", &boot); err != nil {
		log.Fatal(err)
	}
	fmt.Println(boot.Sec > 0)
	// Output: true
}

func ExampleWalk() {
	for n, err := range sysctl.Walk("kern.ipc") {
		if err != nil {
			log.Fatal(err)
		}
		if n.Kind.Integer() {
			v, err := n.MIB.Int64()
			fmt.Println(n.Name, v, err)
		}
	}
}
