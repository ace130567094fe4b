package transfer

// Calls is what a transfer is made of, on one source and one
// destination. Errors are syscall.Errno where a kernel answers.
//
// Counts are the kernel's own answer, as it gave them with the error; what
// to believe of them is the System's business.
type Calls interface {
	// Size is the size of the source, for choosing a way. It confirms a short
	// read at the end, and decides where the source ends only where read may
	// not be asked (NoDiskIO).
	Size() (int64, error)

	// Kind is what the destination is, for systems that keep some from their
	// sendfile. It is asked for once, before the first Sendfile.
	Kind() Kind

	// Check finds, without reading a byte, a source that cannot be read at
	// offsets: a directory, a pipe, a descriptor that is not open for reading.
	Check() error

	// ReadAt reads at an offset like pread(2), or like an io.ReaderAt: the
	// end of the file is 0 bytes, or io.EOF.
	ReadAt(p []byte, off int64) (int, error)

	// Write sends the slices in order. With more set, further bytes follow
	// at once, and an incomplete segment may be held back for them.
	Write(bufs [][]byte, more bool) (int, error)

	// Sendfile is the system's call, with its meaning of the arguments and
	// of the count. n is never 0. Systems without InCall pass nil headers.
	// There are no trailers: no kernel tells a trailer's bytes from those of
	// a file that has grown.
	Sendfile(off, n int64, headers [][]byte, flags int) (int64, error)

	// Hold keeps incomplete segments back until it is called with false, which sends what
	// is held, and says whether it does. Where nothing can be held it does nothing.
	Hold(on bool) bool

	// Prompt sends what follows, and what waits, without the acknowledgement of what
	// went before, until it is called with false. A destination that does so anyway, or
	// is held by its owner, is left as it is.
	Prompt(on bool)
}

// System is what the state machine has to know of a system's sendfile.
type System struct {
	Name string

	// Max is the most file bytes asked of one call; 0: the system has no
	// sendfile, or none that is sound, and everything is copied.
	Max int64

	// InCall: headers go in the same call. If the file part turns out to be
	// empty they stay behind, and are sent after it.
	InCall bool

	// Holds: Write with more to follow holds an incomplete segment back, and so may
	// a Sendfile that moves less than it was asked for. Hold(false) sends it.
	Holds bool

	// Flags are the SF_ flags that are passed on.
	Flags int

	// Avoids is the table of destinations that are never given to Sendfile.
	Avoids []Avoid

	// Rules is the table of errors. What is not in it fails.
	Rules []Rule

	// Counts: the count returned with an error that is not in Rules is defined.
	Counts bool
}

// rule is what follows err, which may be nil.
func (s *System) rule(err error) Rule {
	if err == nil {
		return Rule{Counts: true}
	}
	if r := find(s.Rules, err); r != nil {
		return *r
	}
	return Rule{Err: err, Counts: s.Counts}
}

// callAction is what follows an error of read or write.
func callAction(err error) Action {
	if r := find(CallRules, err); r != nil {
		return r.Action
	}
	return Fail
}

func find(rules []Rule, err error) *Rule {
	for i := range rules {
		if rules[i].Err == err {
			return &rules[i]
		}
	}
	return nil
}

// Rule says what one errno of sendfile means.
type Rule struct {
	Err    error
	Action Action
	Counts bool   // the count returned with it is defined
	Reason string // why, for the reader of the table
}

// Kind is a set of what a destination may be.
type Kind uint8

const (
	Local Kind = 1 << iota // a Unix socket, or what may be one
	Tiny                   // a socket with a send buffer of less than two bytes
)

// Avoid says why a kind of destination is kept from a sendfile that would take it.
type Avoid struct {
	Kind   Kind
	Err    error // what stands for the kernel's answer; Rules say what follows
	Reason string
}

// avoid is the error that stands for the answer to a destination of kind k, or nil.
func (s *System) avoid(k Kind) error {
	for _, a := range s.Avoids {
		if k&a.Kind != 0 {
			return a.Err
		}
	}
	return nil
}

// Action is what follows an error.
type Action uint8

const (
	Fail   Action = iota // the caller's error
	Retry                // call again for the rest
	Wait                 // the destination takes nothing now
	Refuse               // this pair is not served: copy the rest
	Busy                 // would wait for a disk: the caller's if it asked for that, else copy the rest
)

// NoDiskIO is SF_NODISKIO: the caller wants EBUSY rather than a wait for a disk.
const NoDiskIO = 1
