//go:build unix

package rawsys_test

import (
	"fmt"
	"io"
	"os"

	"github.com/rawsys-go/rawsys"
)

// On descriptors, as in an event loop.
func ExampleSendfile() {
	file, err := os.CreateTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if _, err := file.WriteString("the file\n"); err != nil {
		fmt.Println(err)
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		fmt.Println(err)
		return
	}
	n, err := rawsys.Sendfile(int(w.Fd()), int(file.Fd()), 4, 0, [][]byte{[]byte("header, ")}, nil, 0)
	w.Close()
	fmt.Println(n, err)
	io.Copy(os.Stdout, r)
	// Output:
	// 13 <nil>
	// header, file
}
