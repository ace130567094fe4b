//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"

	"github.com/rawsys-go/rawsys"
)

// serveFiles serves dir on a port that it prints.
func serveFiles(name, dir string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	switch name {
	case "FileServer":
		return http.Serve(listener, http.FileServer(http.Dir(dir)))
	case "Transfer":
		root, err := os.OpenRoot(dir)
		if err != nil {
			return err
		}
		for {
			conn, err := listener.Accept()
			if err != nil {
				return err
			}
			go func() {
				if err := respond(conn, root); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
					log.Print(err)
				}
			}()
		}
	}
	return fmt.Errorf("no server is called %q", name)
}

// respond answers the requests of a connection: the least that is HTTP/1.1.
func respond(conn net.Conn, root *os.Root) error {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for {
		request, err := http.ReadRequest(in)
		if err != nil {
			return err
		}
		if err := sendFile(conn, root, strings.TrimPrefix(request.URL.Path, "/")); err != nil {
			return err
		}
	}
}

func sendFile(conn net.Conn, root *os.Root, name string) error {
	file, err := root.Open(name)
	if err != nil {
		_, err = io.WriteString(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	header := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n"+
		"Last-Modified: %s\r\n\r\n", info.Size(), info.ModTime().UTC().Format(http.TimeFormat))
	t := rawsys.Transfer{File: file, Count: info.Size(), Headers: [][]byte{header}}
	_, err = t.WriteTo(conn)
	return err
}
