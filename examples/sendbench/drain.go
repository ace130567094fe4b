package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// The drain greets. The sender then says the length of a message, and how many
// messages make a batch, as two numbers of eight bytes; it sends one message, for whose
// CRC-32C it waits, and then batches, each answered by one byte when all of it is there.
const greeting = "sendbench 1\n"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// drain is the receiving end. It prints the address it listens on.
func drain(args []string, in io.Reader, out, log io.Writer) error {
	fs := flag.NewFlagSet("sendbench drain", flag.ContinueOnError)
	fs.SetOutput(log)
	report.Usage(fs, "sendbench drain [flags]", "Take what sendbench send sends, and keep none of it.")
	addr := fs.String("addr", "127.0.0.1:7003", "listen on this `address`; :7003 is reached from other machines")
	child := fs.Bool("stdin", false, "end when standard input does")
	if err := report.Parse(fs, args); err != nil {
		return err
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	defer l.Close()
	fmt.Fprintln(out, l.Addr())
	if *child {
		go func() {
			_, _ = io.Copy(io.Discard, in) // until it ends, however
			l.Close()
		}()
	}
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go func() {
			defer c.Close()
			if err := take(c); err != nil {
				fmt.Fprintf(log, "sendbench drain: %v: %v\n", c.RemoteAddr(), err)
			}
		}()
	}
}

// take takes messages until the sender is done.
func take(c net.Conn) error {
	var sizes struct{ Message, Batch uint64 }
	if _, err := io.WriteString(c, greeting); err != nil {
		return err
	}
	if err := binary.Read(c, binary.BigEndian, &sizes); err != nil {
		return fmt.Errorf("no sendbench send: %w", err)
	}
	if sizes.Message == 0 || sizes.Batch == 0 || sizes.Batch > (1<<62)/sizes.Message {
		return fmt.Errorf("%d messages of %d bytes cannot be", sizes.Batch, sizes.Message)
	}
	sum, buf := crc32.New(castagnoli), make([]byte, 256<<10)
	if _, err := io.CopyBuffer(sum, io.LimitReader(struct{ io.Reader }{c}, int64(sizes.Message)), buf); err != nil {
		return err
	}
	if _, err := c.Write(binary.BigEndian.AppendUint32(nil, sum.Sum32())); err != nil {
		return err
	}
	batch := sizes.Message * sizes.Batch
	for got := uint64(0); ; {
		n, err := c.Read(buf)
		if err == io.EOF && got+uint64(n) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d bytes of %d: %w", got, batch, err)
		}
		if got += uint64(n); got > batch {
			return fmt.Errorf("%d bytes more than a batch of %d", got-batch, batch)
		}
		if got == batch {
			got = 0
			if _, err := c.Write(buf[:1]); err != nil {
				return err
			}
		}
	}
}

// startDrain runs drain in a process of its own, so that the CPU time is the sender's.
func startDrain(log io.Writer) (addr string, stop func(), err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command(self, "drain", "-addr", "127.0.0.1:0", "-stdin")
	cmd.Stderr = log
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		in.Close()
		_ = cmd.Wait() // what it had to say is in log
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the receiving end did not start: %w", err)
	}
	return strings.TrimSpace(line), stop, nil
}

// dial connects to a drain, and tells it what will come.
func dial(addr string, message int64, batch int) (*net.TCPConn, error) {
	c, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	hello := make([]byte, len(greeting))
	err = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err == nil {
		_, err = io.ReadFull(c, hello)
	}
	if err != nil || string(hello) != greeting {
		c.Close()
		return nil, fmt.Errorf("%s is no sendbench drain: it said %q: %v", addr, hello, err)
	}
	err = c.SetReadDeadline(time.Time{})
	if err == nil {
		err = binary.Write(c, binary.BigEndian, [2]uint64{uint64(message), uint64(batch)})
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c.(*net.TCPConn), nil
}
