package main

import (
	"bytes"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The browser of the ABI, in a browser: what a reader gets to see.
func TestABIPage(t *testing.T) {
	page := filepath.Join(t.TempDir(), "abi.html")
	if code, _, stderr := gen(t, ".", "layout", "-root", "..", "-html", page); code != 0 {
		t.Fatal(stderr)
	}
	if info, err := os.Stat(page); err != nil || info.Size() > 2<<20 {
		t.Errorf("the page: %v, %v; a page of more than 2 MiB is slow on a phone", info.Size(), err)
	}
	if testing.Short() {
		t.Skip("starts a browser several times; run without -short")
	}
	for _, c := range []struct{ item, want string }{
		{"struct/stat", "224 bytes, aligned to 8|st_ino|Go: zsys.Stat|208 bytes, aligned to 4"},
		{"const/CAP_*", "CAP_READ|What changed between releases"},
		{"call/copy_file_range", "number 569|allowed in capability mode|error)"},
	} {
		text := render(t, page, c.item)
		for want := range strings.SplitSeq(c.want, "|") {
			if !strings.Contains(text, want) {
				t.Errorf("#%s does not say %q", c.item, want)
			}
		}
	}
}

// render returns the page's document after its script has run.
func render(t *testing.T, page, item string) string {
	t.Helper()
	browser, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("needs chromium to show the page, which is not installed here (Debian: apt-get install chromium)")
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(page), Fragment: item}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(),
		"--virtual-time-budget=3000", "--dump-dom", u.String())
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chromium: %v\n%s", err, stderr.Bytes())
	}
	_, after, _ := strings.Cut(string(out), "<main")
	text, _, _ := strings.Cut(after, "<script")
	return text
}
