package extract

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/gen/internal/clang"
	"github.com/rawsys-go/rawsys/gen/internal/facts"
)

const (
	errnoHeader  = "sys/errno.h"
	messagesFile = "lib/libc/gen/errlst.c"
)

var errnoName = regexp.MustCompile(`^E[A-Z0-9]+$`)

// isErrnoHeader recognizes the header by both of its names.
func isErrnoHeader(name string) bool { return name == errnoHeader || name == "errno.h" }

func isErrno(macro string) bool { return errnoName.MatchString(macro) }

// errnos returns the table of errors, and the macros that it is made of: for
// each number the first name that the header has.
func (x *extractor) errnos(ctx context.Context, p *probe) ([]facts.Errno, error) {
	i := slices.IndexFunc(x.plan.headers, func(h planned) bool { return h.Errno })
	if i < 0 {
		return nil, nil
	}
	h := x.plan.headers[i]
	last, ok := p.values["ELAST"].Int64()
	if !ok || last == 0 {
		return nil, h.Name.Errorf("%s does not define ELAST, which ends the table of errors", errnoHeader)
	}
	names := map[int64]string{}
	for _, name := range p.wanted() {
		n, _ := p.values[name].Int64()
		if isErrnoHeader(p.macros[name].header) && isErrno(name) && n > 0 && n <= last && names[n] == "" && name != "ELAST" {
			names[n] = name
		}
	}
	message, err := x.messages(ctx, p.port)
	if err != nil {
		return nil, err
	}
	var out []facts.Errno
	for n, name := range names {
		msg := message(n, name)
		if msg == "" {
			return nil, fmt.Errorf("error %d (%s) has no message: source trees have them in %s, for a base system the facts of before must have it", n, name, messagesFile)
		}
		out = append(out, facts.Errno{Number: int(n), Name: name, Message: msg})
	}
	return out, nil
}

// messages returns a way to look up the message of a number and name: in the
// source of the C library, or, for a base system, in the facts of before.
func (x *extractor) messages(ctx context.Context, port facts.Port) (func(int64, string) string, error) {
	if x.Tree.Source {
		list, err := x.messageList(ctx, port)
		return func(n int64, _ string) string {
			if n < int64(len(list)) {
				return list[n]
			}
			return ""
		}, err
	}
	return func(_ int64, name string) string {
		for _, f := range x.Others {
			if i := slices.IndexFunc(f.Errnos, func(e facts.Errno) bool { return e.Name == name }); i >= 0 {
				return f.Errnos[i].Message
			}
		}
		return ""
	}, nil
}

// cString matches a string or the comma that ends an array's element.
var cString = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|,|\{|\}`)

// messageList returns the strings in the array sys_errlist, once the
// preprocessor has removed what isn't C.
func (x *extractor) messageList(ctx context.Context, port facts.Port) ([]string, error) {
	src, err := x.Tree.Read(messagesFile)
	if err != nil {
		return nil, err
	}
	out, err := x.CC.Run(ctx, clang.Job{Port: port, Release: x.release.Name, Source: withoutIncludes(string(src)), Args: []string{"-E", "-P"}})
	if err != nil {
		return nil, err
	}
	_, array, ok := strings.Cut(string(out), "sys_errlist[] =")
	if !ok {
		return nil, fmt.Errorf("%s/%s has no array sys_errlist[]", x.Tree.Root, messagesFile)
	}
	var list []string
	message := ""
	for _, token := range cString.FindAllString(array, -1) {
		switch token {
		case "{":
		case ",":
			list, message = append(list, message), ""
		case "}":
			if message != "" {
				list = append(list, message)
			}
			return list, nil
		default:
			s, err := strconv.Unquote(token)
			if err != nil {
				return nil, fmt.Errorf("%s/%s: message %s: %w", x.Tree.Root, messagesFile, token, err)
			}
			message += s
		}
	}
	return nil, fmt.Errorf("%s/%s: the array sys_errlist[] does not end", x.Tree.Root, messagesFile)
}

// withoutIncludes drops the lines that would pull in headers of the C library.
func withoutIncludes(src string) string {
	return regexp.MustCompile(`(?m)^#include.*$`).ReplaceAllString(src, "")
}
