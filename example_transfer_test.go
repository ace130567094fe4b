package rawsys_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rawsys-go/rawsys"
)

// A message of a protocol with a part of a file inside. To a *net.TCPConn the
// kernel sends it; any writer gets the same bytes.
func ExampleTransfer() {
	t := rawsys.Transfer{
		File:     strings.NewReader("0123456789"),
		Offset:   2,
		Count:    5,
		Headers:  [][]byte{[]byte("5\n")},
		Trailers: [][]byte{[]byte("\nend\n")},
	}
	n, err := t.WriteTo(os.Stdout)
	fmt.Printf("%d %v\n", n, err)
	// Output:
	// 5
	// 23456
	// end
	// 12 <nil>
}

// halfway fails once, in the middle.
type halfway struct {
	strings.Builder
	failed bool
}

func (w *halfway) Write(p []byte) (int, error) {
	if w.failed {
		return w.Builder.Write(p)
	}
	w.failed = true
	n, _ := w.Builder.Write(p[:len(p)/2])
	return n, errors.New("no room")
}

// After an error a transfer goes on where it stopped.
func ExampleTransfer_WriteTo() {
	t := rawsys.Transfer{
		File:     strings.NewReader("body "),
		Count:    rawsys.ToEOF,
		Headers:  [][]byte{[]byte("header ")},
		Trailers: [][]byte{[]byte("trailer")},
	}
	var w halfway
	n, err := t.WriteTo(&w)
	fmt.Println(n, err, t.Progress().Header)
	n, err = t.WriteTo(&w)
	fmt.Println(n, err)
	fmt.Println(w.String())
	// Output:
	// 9 no room 7
	// 10 <nil>
	// header body trailer
}

// A file that ends early is an error, and no trailer follows: the peer was
// promised more.
func ExampleTransfer_Progress() {
	t := rawsys.Transfer{
		File:     strings.NewReader("four"),
		Count:    10,
		Headers:  [][]byte{[]byte("10\n")},
		Trailers: [][]byte{[]byte("end")},
	}
	_, err := t.WriteTo(io.Discard)
	fmt.Println(err == io.ErrUnexpectedEOF)
	fmt.Printf("%+v\n", t.Progress())
	// Output:
	// true
	// {Header:3 File:4 Trailer:0 EOF:true Way:copy}
}
