package main

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/examples/internal/report"
)

// A client sends one request a line, and the server answers in order. Names are
// quoted as Go quotes strings.
//
//	stat "NAME"                   file SIZE TAG
//	get TAG OFFSET COUNT "NAME"   frames, and then: end SIZE
//
// A frame is the line "frame OFFSET LENGTH", LENGTH bytes of the file, and the line
// "crc32c SUM". SIZE is the file's, in bytes. TAG stands for one version of a file: a get of another than
// there is is refused, so that no file is put together from two. COUNT -1 is to the
// end of the file. In place of an answer, or of a frame, there may be "error "TEXT""; after
// it the connection is closed.

const (
	maxLine  = 8 << 10  // of a request or a frame's head
	maxFrame = 64 << 20 // what a client has room for
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli) // which CPUs have an instruction for

// request is one line of a client.
type request struct {
	verb, tag, name string
	offset, count   int64
}

func (r request) line() string {
	if r.verb == "stat" {
		return fmt.Sprintf("stat %q\n", r.name)
	}
	return fmt.Sprintf("get %s %d %d %q\n", r.tag, r.offset, r.count, r.name)
}

func parseRequest(line string) (r request, err error) {
	verb, rest, _ := strings.Cut(line, " ")
	r.verb = verb
	switch verb {
	case "stat":
	case "get":
		words := strings.SplitN(rest, " ", 4)
		if len(words) < 4 {
			return r, errors.New("get wants a tag, an offset, a count and a name")
		}
		r.tag, rest = words[0], words[3]
		if r.offset, err = strconv.ParseInt(words[1], 10, 64); err != nil || r.offset < 0 {
			return r, fmt.Errorf("%q is no offset", words[1])
		}
		if r.count, err = strconv.ParseInt(words[2], 10, 64); err != nil || r.count < report.ToEnd {
			return r, fmt.Errorf("%q is no count", words[2])
		}
	default:
		return r, fmt.Errorf("%q is no request; there are stat and get", verb)
	}
	if r.name, err = strconv.Unquote(rest); err != nil {
		return r, fmt.Errorf("%s is no quoted name", strconv.Quote(rest))
	}
	return r, nil
}

// tagOf stands for a version of a file, as far as its size and time tell.
func tagOf(info os.FileInfo) string {
	return fmt.Sprintf("%x-%x", info.Size(), info.ModTime().UnixNano())
}

// refusal is what the server says in place of an answer: to ask again does not help.
type refusal string

func (r refusal) Error() string { return "the server says: " + string(r) }

// answer reads a line of the server that has a format, or is an error.
func answer(r *bufio.Reader, format string, args ...any) error {
	line, err := readLine(r)
	if err != nil {
		return err
	}
	if text, ok := strings.CutPrefix(line, "error "); ok {
		if s, err := strconv.Unquote(text); err == nil {
			text = s
		}
		return refusal(text)
	}
	if _, err := fmt.Sscanf(line, format, args...); err != nil {
		return fmt.Errorf("the server sent %q, want %q", line, format)
	}
	return nil
}

// readLine reads a line that fits into the reader's buffer, without its end.
func readLine(r *bufio.Reader) (string, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("a line is longer than %d bytes", maxLine)
	case err == io.EOF && len(line) > 0:
		return "", io.ErrUnexpectedEOF
	case err != nil:
		return "", err
	}
	return string(line[:len(line)-1]), nil
}
