//go:build unix

package main

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
)

// guestSource is init's source. The runner carries it and compiles it for FreeBSD
// on first use, which works from a checkout and for an installed program alike,
// offline, without a binary in the repository: whoever runs tests has a Go
// toolchain, and init needs nothing but its standard library.
//
//go:embed internal/guest/*.go internal/wire/*.go
var guestSource embed.FS

const (
	guestModule  = "github.com/rawsys-go/rawsys/cmd/vmexec"
	guestPackage = guestModule + "/internal/guest"
)

// buildInit returns the path of init for a guest with a kernel for goarch. It is kept in the user's cache
// under a name made of its sources and of the toolchain, or in work where there is
// no cache.
func buildInit(work, goarch string) (string, error) {
	version, err := goCommand("", goarch, "env", "GOVERSION")
	if err != nil {
		return "", err
	}
	dir := work
	if cache, err := os.UserCacheDir(); err == nil {
		if own := filepath.Join(cache, "rawsys-vmexec"); os.MkdirAll(own, 0o777) == nil {
			dir = own
		}
	}
	sum := sha256.New()
	fmt.Fprintln(sum, version, goarch)
	files, err := guestFiles()
	if err != nil {
		return "", err
	}
	for _, f := range files {
		fmt.Fprintf(sum, "%s %d\n%s", f.name, len(f.text), f.text)
	}
	init := filepath.Join(dir, "init-"+hex.EncodeToString(sum.Sum(nil)[:12]))
	if _, err := os.Stat(init); err == nil {
		return init, nil
	}
	return init, compileInit(init, work, goarch, files)
}

type source struct {
	name string // within the module
	text []byte
}

// guestFiles returns the sources that make init.
func guestFiles() ([]source, error) {
	var files []source
	err := fs.WalkDir(guestSource, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := guestSource.ReadFile(name)
		files = append(files, source{name, text})
		return err
	})
	return files, err
}

// compileInit compiles init to path, by way of a module of its own under work.
func compileInit(path, work, goarch string, files []source) error {
	src, err := os.MkdirTemp(work, "init")
	if err != nil {
		return err
	}
	files = append(files, source{"go.mod", []byte("module " + guestModule + "\n\ngo 1.25.0\n")})
	for _, f := range files {
		name := filepath.Join(src, f.name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.text, 0o666); err != nil {
			return err
		}
	}
	// Another runner may do the same: the one file or the other is renamed last.
	tmp, err := os.CreateTemp(filepath.Dir(path), "init-*.tmp")
	if err != nil {
		return err
	}
	tmp.Close()
	defer os.Remove(tmp.Name())
	_, err = goCommand(src, goarch, "build", "-trimpath", "-ldflags=-s -w", "-o", tmp.Name(), guestPackage)
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// goCommand runs the go command for FreeBSD on goarch, away from the settings of the
// module that is being tested, and returns what it prints.
func goCommand(dir, goarch string, args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=freebsd", "GOARCH="+goarch, "GOAMD64=v1", "GOARM64=v8.0", "CGO_ENABLED=0",
		"GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off", "GOTOOLCHAIN=local", "GOEXPERIMENT=")
	out, err := cmd.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return "", fault.New(fault.QEMU, "", "init for the guest: go %s: %s", args[0], exit.Stderr)
	case err != nil:
		return "", fault.New(fault.QEMU, "the go command is needed to compile the guest's init", "%v", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// version is that of the runner's module.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
