//go:build linux

package main

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
)

// The responder is HTTP to net/http: contents, an empty file, and a file that is
// not there.
func TestRespond(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"a": "hello", "empty": ""} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go respond(conn, root)
		}
	}()
	for name, want := range map[string]struct {
		status int
		length int64
	}{"a": {200, 5}, "empty": {200, 0}, "none": {404, 0}} {
		response, err := http.Get("http://" + listener.Addr().String() + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want.status || response.ContentLength != want.length {
			t.Errorf("%s: %s, %d bytes, want %d, %d", name, response.Status, response.ContentLength, want.status, want.length)
		}
	}
}

func TestMedians(t *testing.T) {
	rate, cpu, rateRatio, cpuRatio := medians([]cost{{20, 5}, {30, 4}, {10, 6}}, []cost{{10, 10}, {10, 10}, {10, 10}})
	if rate != 20 || cpu != 5 || rateRatio != 2 || cpuRatio != 0.5 {
		t.Error(rate, cpu, rateRatio, cpuRatio)
	}
}
