package rawsys

import (
	"errors"
	"os"
)

var (
	errArgument   = os.ErrInvalid
	errNoSuchFlag = errors.ErrUnsupported
)
