package rawconn

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var errOfF = errors.New("f's error")

func TestWith(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Skip("needs TCP over loopback: ", err)
	}
	dialed, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialed.Close()
	for _, c := range []struct {
		what   string
		c      any
		close  func() error
		closed error
	}{
		{"a connection over another", tls.Client(dialed, &tls.Config{InsecureSkipVerify: true}), nil, nil},
		{"a file", file, file.Close, fs.ErrClosed},
		{"a listener", listener, listener.Close, net.ErrClosed},
		{"a connection", dialed, dialed.Close, net.ErrClosed},
	} {
		fd := -1
		if ok, err := With(c.c, func(got int) error { fd = got; return errOfF }); !ok || err != errOfF || fd < 0 {
			t.Errorf("%s: %v, %v, descriptor %d", c.what, ok, err, fd)
		}
		if c.close == nil {
			continue
		}
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
		called := false
		if ok, err := With(c.c, func(int) error { called = true; return nil }); !ok || !errors.Is(err, c.closed) || called {
			t.Errorf("%s, closed: %v, %v, called %v", c.what, ok, err, called)
		}
	}
}

func TestWithout(t *testing.T) {
	pipe, _ := net.Pipe()
	for _, c := range []any{nil, 3, strings.NewReader("text"), pipe, tls.Client(pipe, new(tls.Config))} {
		if ok, err := With(c, func(int) error { t.Errorf("%T: called", c); return nil }); ok || err != nil {
			t.Errorf("%T: %v, %v", c, ok, err)
		}
	}
	if ok, err := With((*os.File)(nil), func(int) error { t.Error("a nil file: called"); return nil }); !ok || !errors.Is(err, os.ErrInvalid) {
		t.Errorf("a nil file: %v, %v", ok, err)
	}
}
