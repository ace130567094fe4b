package filestat

import "github.com/rawsys-go/rawsys/zsys"

// TimesOf returns a file's times.
func TimesOf(st *zsys.Stat) Times {
	return Times{of(st.AtimExt, st.Atim), of(st.MtimExt, st.Mtim), of(st.CtimExt, st.Ctim), of(st.BtimExt, st.Birthtim)}
}

func of(ext int32, ts zsys.Timespec) Time { return Time{extend(ext, ts.Sec), int64(ts.Nsec)} }
