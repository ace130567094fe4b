//go:build unix

// Package image makes the two disks of the guest: a root that holds init and
// mount points, and an archive with everything else, which init unpacks into
// memory, so that tests find their files writable and with their own modes,
// times and links.
package image

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/diskfs/go-diskfs/backend/file"
	"github.com/diskfs/go-diskfs/filesystem/iso9660"
)

// Init is the path of init in the root image.
const Init = "/sbin/init"

// MountPoints returns the directories at the top of the tree that lead to the
// given absolute paths, each once, sorted.
func MountPoints(paths ...string) []string {
	var tops []string
	for _, p := range paths {
		first, _, _ := strings.Cut(strings.TrimPrefix(filepath.ToSlash(p), "/"), "/")
		if first != "" {
			tops = append(tops, "/"+first)
		}
	}
	slices.Sort(tops)
	return slices.Compact(tops)
}

// Root writes an ISO 9660 image with Rock Ridge names to path. It holds the
// program init, /dev, and the empty directories mounts at its top.
func Root(path, init string, mounts []string) error {
	tree, err := os.MkdirTemp(filepath.Dir(path), "root")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tree)
	for _, dir := range append([]string{"/dev", "/sbin"}, mounts...) {
		if err := os.MkdirAll(filepath.Join(tree, dir), 0o755); err != nil {
			return err
		}
	}
	program, err := os.ReadFile(init)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(tree, Init), program, 0o755); err != nil {
		return err
	}
	return writeISO(path, tree)
}

func writeISO(path, tree string) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := out.Close(); err == nil {
			err = closeErr
		}
	}()
	iso, err := iso9660.Create(file.New(out, false), 0, 0, 0, tree)
	if err != nil {
		return fmt.Errorf("root image: %w", err)
	}
	options := iso9660.FinalizeOptions{RockRidge: true, VolumeIdentifier: "VMEXEC"}
	if err := iso.Finalize(options); err != nil {
		return fmt.Errorf("root image: %w", err)
	}
	return nil
}
