package consumer

import "github.com/rawsys-go/rawsys/zsys"

// Size asks the kernel for a file's size.
func Size(fd int) (int64, error) {
	var st zsys.Stat
	if errno := zsys.Fstat(fd, &st); errno != 0 {
		return 0, errno
	}
	return st.Size, nil
}
