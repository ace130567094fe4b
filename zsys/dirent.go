package zsys

import "unsafe"

// ParseDirent cuts the first record off what Getdirentries stored: a directory's
// entry without its name, the name, and what follows. The entry is nil when there
// is no whole record left. A record whose Fileno is 0 is of a file that was removed.
func ParseDirent(b []byte) (d *Dirent, name string, rest []byte) {
	const head = int(unsafe.Offsetof(Dirent{}.Name))
	if len(b) < head {
		return nil, "", nil
	}
	d = new(Dirent)
	copy(Bytes(d)[:head], b)
	if n := int(d.Reclen); n < head+int(d.Namlen) || n > len(b) {
		return nil, "", nil
	}
	return d, string(b[head : head+int(d.Namlen)]), b[d.Reclen:]
}
