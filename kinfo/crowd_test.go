package kinfo

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
	"github.com/rawsys-go/rawsys/internal/needs"
)

// The captures of a crowd are made on FreeBSD by
//
//	go test -v -run CrowdOnThisSystem -capture . > FILE
//
// (with vmexec, too) and written to testdata, on any system, by
//
//	go test -run CrowdCaptures -captured FILE .
var captured = flag.String("captured", "", "write the captures in this `FILE` to testdata")

// captureMark begins each line of a capture: an architecture and base64 follow.
const captureMark = "crowd-capture "

// knownName is the archive's member that says what the tables should show.
const knownName = "known.json"

// A crowd's tables, as kernels told them on several ports, show what its members
// knew of themselves.
func TestCrowdCaptures(t *testing.T) {
	if *captured != "" {
		writeCaptures(t, *captured)
	}
	names, err := filepath.Glob("testdata/crowd-*.zip")
	if err != nil || len(names) < 4 {
		t.Fatalf("captures %q, %v", names, err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			k, tables := readCrowd(t, name)
			if len(k.Members) < 20 || name != "testdata/crowd-"+k.Arch+".zip" {
				t.Errorf("%d members, of %s", len(k.Members), k.Arch)
			}
			checkCrowd(t, k, tables)
		})
	}
}

func writeCaptures(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	archives := map[string][]byte{}
	for line := range strings.Lines(string(text)) {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), captureMark)
		if !ok {
			continue
		}
		arch, data, _ := strings.Cut(rest, " ")
		piece, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		archives[arch] = append(archives[arch], piece...)
	}
	if len(archives) == 0 {
		t.Fatalf("%s has no line that begins with %q", file, captureMark)
	}
	for arch, z := range archives {
		if err := os.WriteFile("testdata/crowd-"+arch+".zip", z, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func readCrowd(t testing.TB, name string) (*crowd.Known, map[string][]byte) {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	tables := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		tables[f.Name], err = io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	k := new(crowd.Known)
	if err := json.NewDecoder(bytes.NewReader(tables[knownName])).Decode(k); err != nil {
		t.Fatal(err)
	}
	return k, tables
}

// The beginnings of a real kernel's tables are read up to an error, and only those
// that end with a record are taken for whole.
func TestCrowdDamaged(t *testing.T) {
	needs.Kernel(t)
	_, tables := readCrowd(t, "testdata/crowd-amd64.zip")
	for name, decode := range map[string]func([]byte) error{
		"threads": func(b []byte) error { return lastError(DecodeProcs(b, 4096)) },
		"vmmap":   func(b []byte) error { return lastError(DecodeMappings(b)) },
		"tcp":     func(b []byte) error { return lastError(DecodeSockets(TCPSockets, b)) },
		"stream":  func(b []byte) error { return lastError(DecodeSockets(UnixStreams, b)) },
	} {
		table := tables[name]
		if err := decode(table); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		whole := 0
		for n := len(table) - 1; n > len(table)-2200; n -= 7 {
			err := decode(table[:n:n])
			if err == nil {
				whole++
			} else if !isCorrupt(err) {
				t.Fatalf("%s, %d of %d bytes: %v", name, n, len(table), err)
			}
		}
		if whole > 3 {
			t.Errorf("%s: %d beginnings are taken for whole", name, whole)
		}
	}
}

func lastError[T any](records iter.Seq2[*T, error]) (err error) {
	for _, err = range records {
	}
	return err
}
