package tree_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rawsys-go/rawsys/internal/needs"
)

// documents are what tells people what to type.
var documents = []string{
	"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "defs/README.md", ".github/workflows/ci.yml", ".ci/run",
	"docs/binding.md", "docs/capsicum.md", "docs/cgo-free.md", "docs/choosing.md", "docs/coverage.md", "docs/gopsutil.md",
	"docs/sendfile.md", "docs/speed.md", "docs/xsys.md",
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(needs.Tree(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// targets returns the Makefile's targets that say what they do.
func targets(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^([a-z-]+):.* ## \S`).FindAllStringSubmatch(read(t, "Makefile"), -1) {
		names = append(names, m[1])
	}
	return names
}

func TestMakefile(t *testing.T) {
	phony := strings.Fields(regexp.MustCompile(`(?m)^\.PHONY: (.*)$`).FindStringSubmatch(read(t, "Makefile"))[1])
	if got := targets(t); !slices.Equal(got, phony) {
		t.Errorf("targets with a description: %q\n.PHONY: %q", got, phony)
	}
	for want := range strings.FieldsSeq("generate test cross lint fuzz bench facts witness layout diff test-arch test-freebsd") {
		if !slices.Contains(phony, want) {
			t.Errorf("make %s is missing", want)
		}
	}
	if _, err := exec.LookPath("awk"); err != nil {
		t.Skip("make help needs awk, which is not here")
	}
	for _, name := range []string{"make", "bmake"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		cmd := exec.Command(path, "help")
		cmd.Dir = needs.Tree(t)
		cmd.Env = append(os.Environ(), "MAKEFLAGS=", "MAKELEVEL=")
		out, err := cmd.CombinedOutput()
		if lines := strings.Split(strings.TrimSpace(string(out)), "\n"); err != nil || len(lines) != len(phony) {
			t.Errorf("%s: %v\n%s\nwant a line for each of %q", name, err, out, phony)
		}
	}
}

// Each command of the documents exists.
func TestCommands(t *testing.T) {
	root := needs.Tree(t)
	known := targets(t)
	makes := regexp.MustCompile("(?m)(?:`|^ +|^\\$ |run: |counted [a-z-]+ )make (?:-s )?([a-z-]+)")
	dirs := regexp.MustCompile(`(?:go (?:run|test|build|vet) (?:[^\n;|&]* )?|-exec ")(\./[a-z/]+[a-z])`)
	cd := regexp.MustCompile(`\bcd ([a-z/]+) && `)
	for _, doc := range documents {
		text := read(t, doc)
		for _, m := range makes.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(known, m[1]) {
				t.Errorf("%s: make %s: no such target", doc, m[1])
			}
		}
		for line := range strings.Lines(text) {
			in := ""
			if m := cd.FindStringSubmatch(line); m != nil {
				in = m[1]
			}
			for _, m := range dirs.FindAllStringSubmatch(line, -1) {
				if info, err := os.Stat(filepath.Join(root, in, m[1])); err != nil || !info.IsDir() {
					t.Errorf("%s: %s: no such directory", doc, filepath.Join(in, m[1]))
				}
			}
		}
	}
}

// Each subcommand of gen in the documents exists.
func TestGenCommands(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	root := needs.Tree(t)
	gen := filepath.Join(t.TempDir(), "gen")
	build := exec.Command("go", "build", "-o", gen, "./gen")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build ./gen: %v\n%s", err, out)
	}
	seen := map[string]bool{}
	for _, doc := range append(slices.Clone(documents), "Makefile") {
		for _, m := range regexp.MustCompile(`go run \./gen ([a-z]+)`).FindAllStringSubmatch(read(t, doc), -1) {
			if seen[m[1]] || m[1] == "help" {
				continue
			}
			seen[m[1]] = true
			if out, err := exec.Command(gen, "help", m[1]).CombinedOutput(); err != nil {
				t.Errorf("%s: go run ./gen %s: %v\n%s", doc, m[1], err, out)
			}
		}
	}
}

// Links inside the repository lead somewhere, and on the pages of docs/api to a name that is there.
func TestLinks(t *testing.T) {
	root := needs.Tree(t)
	pages, err := filepath.Glob(filepath.Join(root, "docs", "api", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("docs/api: %q, %v", pages, err)
	}
	all := slices.Clone(documents)
	for _, page := range pages {
		all = append(all, "docs/api/"+filepath.Base(page))
	}
	text, places := map[string]string{}, map[string]map[string]bool{}
	for _, doc := range all {
		text[doc] = read(t, doc)
		places[doc] = anchors(text[doc])
	}
	link := regexp.MustCompile(`\]\(([^)#: ]*)(?:#([^)]*))?\)`)
	for _, doc := range all {
		for _, m := range link.FindAllStringSubmatch(text[doc], -1) {
			to := doc
			if m[1] != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(doc), m[1]))
			}
			if _, err := os.Stat(filepath.Join(root, to)); err != nil {
				t.Errorf("%s: the link to %s: %v", doc, m[1], err)
			}
			if m[2] != "" && places[to] != nil && !places[to][m[2]] {
				t.Errorf("%s: the link to %s#%s: no such place there", doc, m[1], m[2])
			}
		}
	}
}

// anchors are the places of a page that a link may name: its headings, and its own.
func anchors(text string) map[string]bool {
	set := map[string]bool{}
	for _, m := range regexp.MustCompile(`<a id="([^"]+)">`).FindAllStringSubmatch(text, -1) {
		set[m[1]] = true
	}
	punctuation := regexp.MustCompile(`[^\pL\pN _-]`)
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		name := punctuation.ReplaceAllString(strings.ToLower(m[1]), "")
		set[strings.ReplaceAll(name, " ", "-")] = true
	}
	return set
}

// The programs in README.md compile, those with a build constraint for
// FreeBSD.
func TestReadmePrograms(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	root := needs.Tree(t)
	programs := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(programs) == 0 {
		t.Error("README.md has no program")
	}
	for i, m := range programs {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("program%d.go", i))
		if err := os.WriteFile(file, []byte(m[1]), 0o666); err != nil {
			t.Fatal(err)
		}
		cmd := needs.HostGo("vet", file)
		cmd.Dir = root
		if strings.Contains(m[1], "//go:build freebsd") {
			cmd.Env = append(cmd.Env, "GOOS=freebsd", "CGO_ENABLED=0")
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("program %d of README.md: %v\n%s", i+1, err, out)
		}
	}
}

// Every page of docs/ and every program of examples/ is found from README.md.
func TestIndex(t *testing.T) {
	readme, root := read(t, "README.md"), needs.Tree(t)
	for _, pattern := range []string{"docs/*.md", "examples/*"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %q, %v", pattern, found, err)
		}
		for _, name := range found {
			link := filepath.ToSlash(filepath.Join(filepath.Dir(pattern), filepath.Base(name)))
			if link != "examples/internal" && !strings.Contains(readme, "("+link+")") {
				t.Errorf("README.md has no link to %s", link)
			}
			if strings.HasSuffix(link, ".md") && !slices.Contains(documents, link) {
				t.Errorf("%s: not among the documents whose commands and links are tested", link)
			}
		}
	}
}

// The manifest of docs/binding.md makes a package of a module of its own, by the
// commands that stand below it.
func TestOwnBindings(t *testing.T) {
	needs.Go(t)
	needs.NoRace(t)
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	doc := read(t, "docs/binding.md")
	m := regexp.MustCompile("(?s)```def\n(.*?)```").FindStringSubmatch(doc)
	commands := regexp.MustCompile(`(?m)^    go get -tool .*\n(?:    .*\n)+`).FindString(doc)
	if m == nil || !strings.Contains(commands, "go tool gen generate") {
		t.Fatal("docs/binding.md has no manifest, or no commands")
	}
	c := newConsumer(t)
	c.write(t, filepath.Join(c.dir, "go.mod"), fmt.Sprintf("module example.com/own\n\ngo 1.25.0\n\nrequire %s v0.0.0\n\nreplace %[1]s => %q\n", module, c.root))
	c.write(t, filepath.Join(c.dir, "defs/freebsd.def"), m[1])
	sh := func(script string) (string, error) {
		cmd := exec.Command("sh", "-e", "-c", script)
		cmd.Dir = c.dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-modcacherw", "GOWORK=off", "GOSUMDB=off", "GOPROXY=file://"+filepath.ToSlash(filepath.Join(c.cache, "cache", "download")))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := sh(commands); err != nil {
		t.Fatalf("%s%v\n%s", commands, err, out)
	}
	if out, err := sh("GOOS=freebsd CGO_ENABLED=0 go vet ./..."); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
	for _, tt := range []struct{ script, want string }{
		{"rm -f defs/*.facts; go tool gen generate", "defs/freebsd.def:2:17: there are no facts of release 15.0 in defs/freebsd15.facts: copy them from defs/ of " + module},
		{"go tool gen nonsense", `unknown command "nonsense": go tool gen help lists them`},
		{"printf 'manifest 1\nrelease freebsd 15.0\narch amd64\nheader sys/errno.h\nerrno\n' >defs/freebsd.def; go tool gen generate", "defs/freebsd.def:5:6: " +
			"the table of errors belongs to package rawsys, and this module is example.com/own: remove the line, and use the package's errors"},
	} {
		if out, err := sh(tt.script); err == nil || !strings.Contains(out, tt.want) {
			t.Errorf("%s: %v\n%swant %s", tt.script, err, out, tt.want)
		}
	}
}

// What the workflow runs from others cannot change under it.
func TestWorkflowPins(t *testing.T) {
	uses := regexp.MustCompile(`(?m)uses: (\S+)(.*)$`).FindAllStringSubmatch(read(t, ".github/workflows/ci.yml"), -1)
	if len(uses) == 0 {
		t.Error("the workflow uses no action")
	}
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	for _, m := range uses {
		if !pinned.MatchString(m[1]) || !strings.Contains(m[2], "# v") {
			t.Errorf("uses: %s%s: name the commit, and its version in a comment", m[1], m[2])
		}
	}
}

func TestChangelog(t *testing.T) {
	sections := regexp.MustCompile(`(?m)^## (.*)$`).FindAllStringSubmatch(read(t, "CHANGELOG.md"), -1)
	if len(sections) == 0 || sections[0][1] != "[Unreleased]" {
		t.Errorf("CHANGELOG.md must begin with ## [Unreleased], as keepachangelog.com has it; it has %q", sections)
	}
}
