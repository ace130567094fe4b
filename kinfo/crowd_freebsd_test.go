package kinfo

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
	"github.com/rawsys-go/rawsys/sysctl"
	"github.com/rawsys-go/rawsys/zsys"
)

var capture = flag.Bool("capture", false, "print the crowd's tables, for -captured")

func TestMain(m *testing.M) { crowd.Main(m) }

// The tables of this system show what the members of a crowd know of themselves.
func TestCrowdOnThisSystem(t *testing.T) {
	k := crowd.New(t, 16)
	tables := takeTables(t, k.Find(crowd.Opener).Pid)
	if *capture {
		printCapture(t, k, tables)
	}
	checkCrowd(t, k, tables)
}

func takeTables(t *testing.T, pid int) map[string][]byte {
	t.Helper()
	tables := map[string][]byte{}
	take := func(name string, mib ...int32) {
		b, err := sysctl.MIB(mib).Append(nil)
		if errors.Is(err, syscall.ENOENT) && name == "kstack" { // without the option STACK
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		tables[name] = b
	}
	take("procs", zsys.CTL_KERN, zsys.KERN_PROC, zsys.KERN_PROC_PROC, 0)
	take("threads", zsys.CTL_KERN, zsys.KERN_PROC, zsys.KERN_PROC_PROC|zsys.KERN_PROC_INC_THREAD, 0)
	for name, which := range map[string]int32{
		"args": zsys.KERN_PROC_ARGS, "env": zsys.KERN_PROC_ENV, "pathname": zsys.KERN_PROC_PATHNAME, "auxv": zsys.KERN_PROC_AUXV,
		"groups": zsys.KERN_PROC_GROUPS, "sigtramp": zsys.KERN_PROC_SIGTRAMP, "umask": zsys.KERN_PROC_UMASK, "osrel": zsys.KERN_PROC_OSREL,
		"vmmap": zsys.KERN_PROC_VMMAP, "filedesc": zsys.KERN_PROC_FILEDESC, "kqueue": zsys.KERN_PROC_KQUEUE, "kstack": zsys.KERN_PROC_KSTACK,
	} {
		take(name, zsys.CTL_KERN, zsys.KERN_PROC, which, int32(pid))
	}
	take("rlimit", zsys.CTL_KERN, zsys.KERN_PROC, zsys.KERN_PROC_RLIMIT, int32(pid), zsys.RLIMIT_STACK)
	names := map[string]string{"sctp": "net.inet.sctp.assoclist", "descriptors": "kern.file"}
	for kind, which := range kindOf {
		names[strings.TrimRight(kind, "46")] = which.String()
	}
	for name, node := range names {
		mib, err := sysctl.Lookup(node)
		if errors.Is(err, syscall.ENOENT) && name == "sctp" { // a kernel without it
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		take(name, mib...)
	}
	return tables
}

func printCapture(t *testing.T, k *crowd.Known, tables map[string][]byte) {
	t.Helper()
	known, err := json.MarshalIndent(k, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	tables[knownName] = append(known, '\n')
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(tables[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for piece := range slices.Chunk(out.Bytes(), 3*256) {
		fmt.Printf("\n%s%s %s\n", captureMark, k.Arch, base64.StdEncoding.EncodeToString(piece))
	}
}
