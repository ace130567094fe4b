package crowd

import (
	"bytes"
	"encoding/json"
	"io"
	"testing"
)

// Lines returns the JSON objects that a program lists.
func Lines[T any](t testing.TB, list func(io.Writer) error) []T {
	t.Helper()
	var out bytes.Buffer
	if err := list(&out); err != nil {
		t.Fatal(err)
	}
	var lines []T
	for d := json.NewDecoder(&out); d.More(); {
		var line T
		if err := d.Decode(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}
