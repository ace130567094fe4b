package capsicum

import (
	"fmt"
	"syscall"

	"github.com/rawsys-go/rawsys"
)

// invalid says that an argument was refused before the call, and why.
func invalid(op, object, format string, args ...any) error {
	errno, _ := error(syscall.EINVAL).(rawsys.SystemErrno) // an error on Plan 9, a constant elsewhere
	return &rawsys.Error{Op: op, Errno: errno, Object: object, Hint: fmt.Sprintf(format, args...)}
}
