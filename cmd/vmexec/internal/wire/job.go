package wire

import "time"

// The guest learns the key and the device with its files from the kernel's
// environment, where the runner's command line for the kernel puts them.
const (
	KeyVariable = "vmexec.key" // KeySize bytes in hexadecimal
	FilesDevice = "/dev/vtbd1" // a tar archive: JobFile first, then what goes to /
	JobFile     = ".vmexec/job.json"
)

// Off is what the runner writes on the line to end the guest. What it writes else
// are the indexes of runs, each in decimal on a line, one after Hello and after
// each Exit.
const Off = "off"

// Job is what the guest is to do. All paths are absolute and the guest's own.
type Job struct {
	Hostname string
	Mounts   []string // get a tmpfs each, before files are unpacked
	Space    int64    // the most bytes that each of them holds
	Modules  []string // kernel modules to load; what fails is a Warning
	Runs     []Run
}

// Run is one test binary to run.
type Run struct {
	Path    string
	Args    []string // without the program's name
	Env     []string
	Dir     string
	Collect []string      // files and directories to send back afterwards
	Timeout time.Duration // 0 is none; SIGQUIT then, and SIGKILL after QuitGrace
}

// QuitGrace is how long a run may take to print its goroutines when its time
// is over.
const QuitGrace = 10 * time.Second

// Greeting tells which kernel runs.
type Greeting struct {
	Release string // kern.osrelease
	Date    uint32 // kern.osreldate
}

// Status is how a run ended.
type Status struct {
	Code     int           // what it exited with, when Signal is 0
	Signal   int           // what killed it
	TimedOut bool          // it was told to stop because its time was over
	Error    string        // why it could not be started
	Killed   string        // why the kernel killed it, in the kernel's words
	Elapsed  time.Duration // from its start to its end
}

// ExitStatus is the status with which a shell would report the end of the run.
func (s Status) ExitStatus() int {
	if s.Signal != 0 {
		return 128 + s.Signal
	}
	return s.Code
}
