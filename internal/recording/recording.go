// Package recording reads what a FreeBSD kernel answered, call by call, for
// the tests that compare the portable code with it. See testdata/recordings.
package recording

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// Read decodes every object of a gzipped file of JSON objects whose kind, its
// member "t", is in kinds; without kinds, every object.
func Read[T any](name string, kinds ...string) ([]T, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var all []T
	for dec := json.NewDecoder(z); ; {
		var raw json.RawMessage
		if err := dec.Decode(&raw); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if !wanted(raw, kinds) {
			continue
		}
		var v T
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", name, raw, err)
		}
		all = append(all, v)
	}
}

func wanted(raw json.RawMessage, kinds []string) bool {
	var object struct {
		T string `json:"t"`
	}
	return len(kinds) == 0 || json.Unmarshal(raw, &object) == nil && slices.Contains(kinds, object.T)
}
