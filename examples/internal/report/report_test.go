package report

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var text, objects strings.Builder
	type row struct{ A, B string }
	for w, asJSON := range map[*strings.Builder]bool{&text: false, &objects: true} {
		table := New(w, asJSON, "A", "B")
		for _, r := range []row{{"x", "y"}, {"\x1b[31m\n", ""}} {
			if err := table.Row(r, r.A, r.B); err != nil {
				t.Fatal(err)
			}
		}
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if want := "A          B\nx          y\n\\x1b[31m\\n -\n"; text.String() != want {
		t.Errorf("%q, want %q", text.String(), want)
	}
	if want := "{\"A\":\"x\",\"B\":\"y\"}\n{\"A\":\"\\u001b[31m\\n\",\"B\":\"\"}\n"; objects.String() != want {
		t.Errorf("%q, want %q", objects.String(), want)
	}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args string
		code int
		says string
	}{
		{"-n 1,2 -n 3", 0, ""}, {"-h", 0, "Usage"}, {"-x", 2, "-x"}, {"-n 1,z", 2, `"z" is not a number`}, {"word", 2, `unexpected argument "word"`},
	} {
		var out strings.Builder
		fs := flag.NewFlagSet("prog", flag.ContinueOnError)
		fs.SetOutput(&out)
		var n Numbers
		fs.Var(&n, "n", "numbers")
		err := Parse(fs, strings.Fields(tt.args))
		if code := ExitCode(io.Discard, "prog", err); code != tt.code || !strings.Contains(out.String(), tt.says) {
			t.Errorf("%s: %d, %q", tt.args, code, out.String())
		}
		if tt.args[1] == 'n' && tt.code == 0 && (n.String() != "1,2,3" || !n.Has(2) || n.Has(4)) {
			t.Errorf("%v", n)
		}
	}
	var out strings.Builder
	if code := ExitCode(&out, "prog", errors.New("broken")); code != 1 || out.String() != "prog: broken\n" || !(Numbers)(nil).Has(7) {
		t.Errorf("%d, %q", code, out.String())
	}
}

func TestUsers(t *testing.T) {
	u := Users{7: "seven"}
	if u.Name(7) != "seven" || !u.IsUser(7, "seven") || !u.IsUser(7, "7") || u.IsUser(7, "8") || !u.IsUser(9, "") || u.Name(1<<32-1) != "4294967295" {
		t.Errorf("%v", u)
	}
}
