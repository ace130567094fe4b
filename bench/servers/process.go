//go:build linux

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a server that runs.
type server struct {
	name, address string
	cmd           *exec.Cmd
}

// start starts all servers; those that it returns run, also beside an error.
func start(files string) ([]*server, error) {
	var all []*server
	for _, name := range []string{"FileServer", "Transfer"} {
		s, err := startGo(name, files)
		if err != nil {
			return all, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, s)
	}
	s, err := startNginx(files)
	if err != nil {
		return all, fmt.Errorf("nginx: %w", err)
	}
	return append(all, s), nil
}

// startGo runs this program as a server with one worker.
func startGo(name, files string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "-serve", name, "-dir", files)
	cmd.Env, cmd.Stderr = append(os.Environ(), "GOMAXPROCS=1"), os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	return &server{name, strings.TrimSpace(address), cmd}, err
}

const nginxConf = `daemon off; worker_processes 1; pid %[1]s/nginx.pid; error_log stderr;
events { worker_connections 512; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; default_type application/octet-stream;
	server { listen %[2]s; root %[1]s; }
}
`

func startNginx(files string) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	conf := filepath.Join(files, "nginx.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, nginxConf, files, address), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("nginx", "-c", conf)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{"nginx", address, cmd}
	for range 100 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return s, conn.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("does not listen on %s", address)
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	s.cmd.Wait()
}

// cpu is the time that the server's process and its children have used.
func (s *server) cpu() (time.Duration, error) {
	pid := s.cmd.Process.Pid
	total, err := cpuOf(pid)
	if err != nil {
		return 0, err
	}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return 0, err
	}
	for word := range strings.FieldsSeq(string(children)) {
		child, err := strconv.Atoi(word)
		if err != nil {
			return 0, err
		}
		used, err := cpuOf(child)
		if err != nil {
			return 0, err
		}
		total += used
	}
	return total, nil
}

// cpuOf reads utime and stime, which proc(5) counts in hundredths of a second.
func cpuOf(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	var ticks int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(string(f), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}
