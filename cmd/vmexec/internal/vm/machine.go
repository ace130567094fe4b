//go:build unix

package vm

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// Machine says what to boot and how.
type Machine struct {
	QEMU   string // program
	Kernel string // a FreeBSD kernel
	Root   string // image of the root
	Files  string // archive for init
	Accel  string // one of QEMU's accelerators
	CPUs   int
	Memory int    // MiB
	Key    []byte // of wire.KeySize bytes
}

// consoleFD is the descriptor on which QEMU gets the pipe for the console.
const consoleFD = 3

// Args returns QEMU's arguments. The kernel's console goes to descriptor 3, init's
// line to standard output.
func (m *Machine) Args() []string {
	cpu, env := processor(m.Accel)
	env = commandLine(append(env, wire.KeyVariable+"="+hex.EncodeToString(m.Key))...)
	return []string{
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
		"-machine", machineType,
		"-accel", m.Accel,
		"-cpu", cpu,
		"-smp", strconv.Itoa(m.CPUs),
		"-m", megabytes(m.Memory),
		"-kernel", m.Kernel,
		"-append", strings.Join(env, " "),
		"-chardev", "file,id=console,path=/dev/fd/" + strconv.Itoa(consoleFD), "-serial", "chardev:console",
		"-chardev", "stdio,id=control,signal=off", "-serial", "chardev:control",
		"-drive", "if=virtio,format=raw,readonly=on,file=" + optionValue(m.Root),
		"-drive", "if=virtio,format=raw,readonly=on,file=" + optionValue(m.Files),
	}
}

// optionValue doubles the commas of a value within QEMU's options.
func optionValue(s string) string { return strings.ReplaceAll(s, ",", ",,") }

// process is a QEMU that runs.
type process struct {
	cmd     *exec.Cmd
	console io.ReadCloser
	control io.ReadCloser
	errors  *tail
}

func (m *Machine) start() (*process, error) {
	cmd := exec.Command(m.QEMU, m.Args()...)
	p := &process{cmd: cmd, errors: new(tail)}
	cmd.Stderr = p.errors
	control, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	console, consoleEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer consoleEnd.Close()
	cmd.ExtraFiles = []*os.File{consoleEnd}
	if err := cmd.Start(); err != nil {
		console.Close()
		return nil, startFault(m.QEMU, err)
	}
	p.console, p.control = console, control
	return p, nil
}

func startFault(qemu string, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.QEMU,
			"install QEMU (Debian: qemu-system-x86, Homebrew: qemu), or name the program with -qemu",
			"%s: not found", qemu)
	}
	return fault.New(fault.QEMU, "", "%v", err)
}

// stop ends QEMU, if it has not ended by itself, and waits for it.
func (p *process) stop() {
	p.cmd.Process.Kill()
	p.cmd.Wait()
	p.console.Close()
}

// tail keeps the end of what is written to it.
type tail struct{ kept []byte }

const tailSize = 4096

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-tailSize):]
	return len(p), nil
}
