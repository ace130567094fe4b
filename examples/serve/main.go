// Serve answers each connection with the file that it asks for: a header with
// the length, the file, and a trailer with its SHA-256. The file goes the
// kernel's way, in the same segments as what is around it.
//
//	serve -addr 127.0.0.1:7000 DIR &
//	echo go.mod | nc 127.0.0.1 7000
package main

import (
	"bufio"
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:7000", "where to listen")
	flag.Parse()
	root, err := os.OpenRoot(flag.Arg(0))
	if err != nil {
		log.Fatal(err)
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := l.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer conn.Close()
			if err := answer(conn, root); err != nil {
				log.Printf("%v: %v", conn.RemoteAddr(), err)
			}
		}()
	}
}

// answer reads one name and sends that file.
func answer(conn net.Conn, root *os.Root) error {
	name, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return err
	}
	file, err := root.Open(strings.TrimSpace(name))
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, file)
	if err != nil {
		return err
	}
	t := rawsys.Transfer{
		File:     file,
		Count:    size, // a peer that was promised this many never takes the hash for body
		Headers:  [][]byte{fmt.Appendf(nil, "length %d\n", size)},
		Trailers: [][]byte{fmt.Appendf(nil, "\nsha256 %x\n", hash.Sum(nil))},
	}
	if err := conn.SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	_, err = t.WriteTo(conn)
	p := t.Progress()
	log.Printf("%s: %d bytes of header, %d of file by %v, %d of trailer", file.Name(), p.Header, p.File, p.Way, p.Trailer)
	return err
}
