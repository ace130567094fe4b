package consumer

import "github.com/rawsys-go/rawsys/zsys"

// Size asks the kernel for a file's size.
func Size(fd int) (int64, error) {
	var st zsys.Stat
	if err := zsys.Fstat(fd, &st); err != nil {
		return 0, err
	}
	return st.Size, nil
}
