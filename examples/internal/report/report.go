// Package report is what the programs have in common: flags, exit codes, tables,
// JSON, sizes, and names of users.
package report

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/user"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

// A Table writes rows for people, or a JSON object a line for programs.
type Table struct {
	text *tabwriter.Writer
	json *json.Encoder
}

// New returns a table with a heading.
func New(w io.Writer, asJSON bool, heading ...string) *Table {
	if asJSON {
		return &Table{json: json.NewEncoder(w)}
	}
	t := &Table{text: tabwriter.NewWriter(w, 0, 8, 1, ' ', 0)}
	t.line(heading)
	return t
}

// Row writes object as JSON, or else cells.
func (t *Table) Row(object any, cells ...any) error {
	if t.json != nil {
		return t.json.Encode(object)
	}
	line := make([]string, len(cells))
	for i, c := range cells {
		line[i] = clean(fmt.Sprint(c))
	}
	return t.line(line)
}

func (t *Table) line(cells []string) error {
	_, err := fmt.Fprintln(t.text, strings.Join(cells, "\t"))
	return err
}

// Close writes what is left.
func (t *Table) Close() error {
	if t.text == nil {
		return nil
	}
	return t.text.Flush()
}

// clean keeps what a process calls itself and its files from steering the terminal
// or breaking the table. An empty cell is a dash.
func clean(s string) string {
	if s == "" {
		return "-"
	}
	quoted := strconv.Quote(s)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// ErrUsage is the error for wrong arguments, about which the user has been told.
var ErrUsage = errors.New("usage")

// Usage makes a program's help say how it is called and what it does, before its
// flags.
func Usage(fs *flag.FlagSet, call, about string) {
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "usage: %s\n\n%s\n", call, about)
		fs.PrintDefaults()
	}
}

// Parse parses a program's arguments: flags, and then one for each of the names. A
// last name that ends in "..." stands for one or more.
func Parse(fs *flag.FlagSet, args []string, names ...string) error {
	switch err := fs.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return err
	case err != nil:
		return ErrUsage
	}
	many := len(names) > 0 && strings.HasSuffix(names[len(names)-1], "...")
	wrong := ""
	switch {
	case fs.NArg() < len(names):
		wrong = "missing " + names[fs.NArg()]
	case fs.NArg() > len(names) && !many:
		wrong = fmt.Sprintf("unexpected argument %q", fs.Arg(len(names)))
	default:
		return nil
	}
	fmt.Fprintf(fs.Output(), "%s: %s; -h lists the flags\n", fs.Name(), wrong)
	return ErrUsage
}

// ExitCode is the status to exit with after an error, which is written to w if the
// user has not been told.
func ExitCode(w io.Writer, name string, err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, ErrUsage):
		return 2
	}
	fmt.Fprintf(w, "%s: %v\n", name, err)
	return 1
}

// NotHere is main of a program that serves FreeBSD alone, elsewhere: it answers -h
// and mistakes, of which wrong is what became, and says why it does no more.
func NotHere(name string, wrong error) {
	if wrong == nil {
		wrong = errors.New("this system is not FreeBSD")
	}
	os.Exit(ExitCode(os.Stderr, name, wrong))
}

// Numbers is a flag with numbers, separated by commas.
type Numbers []int

// String gives the numbers as they are written.
func (n *Numbers) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(*n), " ", ","), "[]")
}

// Set adds numbers.
func (n *Numbers) Set(s string) error {
	for word := range strings.SplitSeq(s, ",") {
		v, err := strconv.Atoi(word)
		if err != nil || v < 0 {
			return fmt.Errorf("%q is not a number of 0 or more", word)
		}
		*n = append(*n, v)
	}
	return nil
}

// Has reports whether v is one of the numbers, or there are none.
func (n Numbers) Has(v int) bool { return len(n) == 0 || slices.Contains(n, v) }

// Users finds the names of users, and remembers them.
type Users map[uint32]string

// Name returns the name of a user, or the number if there is none.
func (u Users) Name(uid uint32) string {
	name, ok := u[uid]
	if !ok {
		name = strconv.FormatUint(uint64(uid), 10)
		if found, err := user.LookupId(name); err == nil {
			name = found.Username
		}
		u[uid] = name
	}
	return name
}

// IsUser reports whether a user is the one called want, by name or number. All are
// the one called "".
func (u Users) IsUser(uid uint32, want string) bool {
	return want == "" || want == u.Name(uid) || want == strconv.FormatUint(uint64(uid), 10)
}

// Size is a number of bytes for people, with one unit.
func Size(n int64) string {
	v, units := float64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	for v >= 1024 && len(units) > 1 {
		v, units = v/1024, units[1:]
	}
	return strconv.FormatFloat(v, 'g', 4, 64) + " " + units[0]
}
