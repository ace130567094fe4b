package kinfo

import "fmt"

// CorruptError reports that a table does not consist of whole records.
type CorruptError struct {
	Record string // the kernel's name of the record, such as "kinfo_file"
	Offset int    // where the record starts in the table, in bytes
	Size   int    // the length that it claims, 0 if that is cut off
	Have   int    // bytes from Offset to the end of the table
	Reason string // what is wrong
}

// Error says where the record is and what is wrong with it.
func (e *CorruptError) Error() string {
	return fmt.Sprintf("corrupt %s record at offset %d: size %d of %d bytes left: %s", e.Record, e.Offset, e.Size, e.Have, e.Reason)
}
