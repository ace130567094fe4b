//go:build !386

package filestat

import "github.com/rawsys-go/rawsys/zsys"

// TimesOf returns a file's times.
func TimesOf(st *zsys.Stat) Times {
	return Times{of(st.Atim), of(st.Mtim), of(st.Ctim), of(st.Birthtim)}
}

func of(ts zsys.Timespec) Time { return Time{int64(ts.Sec), int64(ts.Nsec)} }
