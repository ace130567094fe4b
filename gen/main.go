// Gen makes Go bindings to FreeBSD from the definitions in defs/.
//
//	go run ./gen help
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// command is a subcommand: what it does in a line, and more on request.
type command struct {
	name, args string
	summary    string
	help       string
	run        func(cmd command, args []string) error
}

// commands lists all subcommands in the order in which people meet them.
func commands() []command {
	return []command{
		extractCommand,
		generateCommand,
		witnessCommand,
		sweepCommand,
		layoutCommand,
		diffCommand,
	}
}

// errUsage asks for nothing more to be printed: the flag package has said it.
var errUsage = errors.New("usage")

func main() {
	err := run(os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	if len(args) == 0 || asksHelp(args[0]) {
		usage(stdout)
		return nil
	}
	name, args := args[0], args[1:]
	if name == "help" {
		return help(args, stdout)
	}
	cmd, ok := lookup(name)
	if !ok {
		return fmt.Errorf("gen: unknown command %q: %s help lists them", name, invocation())
	}
	return cmd.run(cmd, args)
}

func lookup(name string) (command, bool) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return command{}, false
	}
	return all[i], true
}

// asksHelp recognizes the flags that the flag package answers with the usage.
func asksHelp(arg string) bool { return slices.Contains([]string{"-h", "--h", "-help", "--help"}, arg) }

func usage(w io.Writer) {
	fmt.Fprintf(w, "Gen makes Go bindings to FreeBSD from the definitions in defs/.\n\nUsage: %s COMMAND [flags]\n\n", invocation())
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.summary)
	}
	fmt.Fprintf(w, "\n%s help COMMAND says more. defs/README.md has the grammar of the definitions.\n", invocation())
}

func help(args []string, w io.Writer) error {
	if len(args) == 0 || asksHelp(args[0]) {
		usage(w)
		return nil
	}
	cmd, ok := lookup(args[0])
	if !ok {
		return fmt.Errorf("gen: unknown command %q: %s help lists them", args[0], invocation())
	}
	if err := cmd.run(cmd, []string{"-h"}); !errors.Is(err, flag.ErrHelp) {
		return err
	}
	return nil
}

// flags returns the command's flag set. Its usage is printed to stdout when it
// was asked for, and to stderr behind a mistake.
func (c command) flags() *flag.FlagSet {
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(os.Stderr)
	fs.Usage = func() {
		w := fs.Output()
		fmt.Fprintf(w, "Usage: %s %s\n\n%s\n", invocation(), strings.TrimSpace(c.name+" "+c.args), strings.TrimSpace(c.help))
		if hasFlags(fs) {
			fmt.Fprint(w, "\nFlags:\n")
			fs.PrintDefaults()
		}
	}
	return fs
}

// parse reads the flags.
func (c command) parse(fs *flag.FlagSet, args []string) error {
	if slices.ContainsFunc(args, asksHelp) {
		fs.SetOutput(os.Stdout)
	}
	err := fs.Parse(args)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		return errUsage
	}
	for i, arg := range fs.Args() {
		if err == nil && i > 0 && len(arg) > 1 && arg[0] == '-' {
			return fmt.Errorf("gen %s: %s stands behind %s: flags go in front", c.name, arg, fs.Arg(i-1))
		}
	}
	return err
}

func hasFlags(fs *flag.FlagSet) bool {
	found := false
	fs.VisitAll(func(*flag.Flag) { found = true })
	return found
}
