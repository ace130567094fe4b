package kinfo

import "iter"

const minFile = filePath + 8 // an empty path's NUL, rounded up

// DecodeFiles returns an iterator over the files in a table that the kernel
// returned: to the sysctl kern.proc.filedesc, whose records are only as long as
// their paths, or to kern.proc.cwd or fcntl(2)'s F_KINFO, with a record of 1392
// bytes. Tables of FreeBSD 12.0 and later, of all ports, have the same form.
//
// The *File is reused as by [Files]. The error is a [*CorruptError], and ends the
// loop: where the next record would start is not known. The table is only read.
func DecodeFiles(table []byte) iter.Seq2[*File, error] {
	return func(yield func(*File, error) bool) {
		decodeFiles(table, new(File), yield)
	}
}

// decodeFiles yields the records of a table one after another in f, and reports
// whether the loop is to go on.
func decodeFiles(table []byte, f *File, yield func(*File, error) bool) bool {
	for r := newFileReader(table); ; {
		ok, err := r.next(f)
		if err != nil {
			return yield(nil, err)
		}
		if !ok {
			return true
		}
		if !yield(f, nil) {
			return false
		}
	}
}

// fileReader reads the records of a table, one after another.
type fileReader struct {
	packed
	dirty int // how far the last record reached
}

func newFileReader(table []byte) fileReader {
	return fileReader{packed{table: table, record: "kinfo_file", shortest: minFile}, fileSize}
}

// next decodes the next record into f and reports whether there was one. f is
// the same at each call, or is zero.
func (r *fileReader) next(f *File) (bool, error) {
	rec, err := r.packed.next()
	if rec == nil {
		return false, err
	}
	decodeFile(f, rec, r.dirty)
	r.dirty = min(len(rec), fileSize)
	return true, nil
}

// oneFile decodes the only record in buf into f.
func oneFile(f *File, buf []byte) error {
	r := newFileReader(buf)
	ok, err := r.next(f)
	if !ok && err == nil {
		err = r.corrupt(buf)
	}
	return err
}
