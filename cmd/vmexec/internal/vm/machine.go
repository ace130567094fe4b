//go:build unix

package vm

import (
	"encoding/hex"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/fault"
	"github.com/rawsys-go/rawsys/cmd/vmexec/internal/wire"
)

// Machine says what to boot and how.
type Machine struct {
	*Platform
	QEMU   string // program
	Kernel string // what Platform.Image returned
	Root   string // image of the root
	Files  string // archive for init
	Accel  string // one of QEMU's accelerators
	CPUs   int
	Shared bool     // the host has fewer processors than its guests have together
	Memory int      // MiB
	Key    []byte   // of wire.KeySize bytes
	Env    []string // for the kernel, name=value
}

// consoleFD is the descriptor on which QEMU gets the pipe for the console.
const consoleFD = 3

// Args returns QEMU's arguments. The kernel's console goes to descriptor 3, init's
// line from and to standard input and output.
func (m *Machine) Args() ([]string, error) {
	line, err := m.commandLine(m.Accel, append(slices.Clone(m.Env), wire.KeyVariable+"="+hex.EncodeToString(m.Key))...)
	if err != nil {
		return nil, err
	}
	args := []string{
		"-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
		"-machine", m.machine(m.Accel, m.CPUs),
		"-accel", m.accelerator(),
		"-cpu", m.cpu(m.Accel),
		"-smp", strconv.Itoa(m.CPUs),
		"-m", strconv.Itoa(m.Memory) + "M",
		"-kernel", m.Kernel,
		"-append", line,
		"-chardev", "file,id=console,path=/dev/fd/" + strconv.Itoa(consoleFD), "-serial", "chardev:console",
		"-chardev", "stdio,id=control,signal=off",
	}
	args = append(args, m.control...)
	return append(args,
		"-drive", "if=virtio,format=raw,readonly=on,file="+optionValue(m.Root),
		"-drive", "if=virtio,format=raw,readonly=on,file="+optionValue(m.Files),
	), nil
}

// accelerator returns the value of QEMU's -accel.
//
// In software each processor of a guest is a thread of the host. FreeBSD's
// processors spin while they wait for one another, as for the end of a rendezvous,
// and where the host has not a processor for each thread, one spins for whole time
// slices while the one that it waits for does not run: two guests of two processors
// on a host of two took 20 s to boot. In one thread QEMU turns to the guest's next
// processor as soon as one says that it spins, and the two took 1.7 s.
func (m *Machine) accelerator() string {
	if m.Accel == Software && m.Shared {
		return m.Accel + ",thread=single"
	}
	return m.Accel
}

// optionValue doubles the commas of a value within QEMU's options.
func optionValue(s string) string { return strings.ReplaceAll(s, ",", ",,") }

// process is a QEMU that runs.
type process struct {
	cmd     *exec.Cmd
	console io.ReadCloser
	control io.ReadCloser
	orders  io.WriteCloser
	errors  *tail
}

func (m *Machine) start() (*process, error) {
	args, err := m.Args()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(m.QEMU, args...)
	p := &process{cmd: cmd, errors: new(tail)}
	cmd.Stderr = p.errors
	control, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	orders, err := cmd.StdinPipe()
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
		return nil, startFault(m, err)
	}
	p.console, p.control, p.orders = console, control, orders
	return p, nil
}

func startFault(m *Machine, err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
		return fault.New(fault.QEMU,
			"install QEMU (Debian: "+m.Package+", Homebrew: qemu), or name the program with -qemu",
			"%s: not found", m.QEMU)
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
