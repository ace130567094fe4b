package kinfo

import (
	"iter"

	"github.com/rawsys-go/rawsys/zsys"
)

// Mapping describes a piece of a process's address space: struct kinfo_vmentry of
// kinfo_getvmmap(3).
type Mapping struct {
	Start, End uint64        // addresses: the first, and that behind the last
	Offset     uint64        // of Start in what is mapped, in bytes
	Type       zsys.KvmeType // kind of what is mapped: KVME_TYPE_VNODE is a file
	Protection zsys.KvmeProt // KVME_PROT_READ, WRITE and EXEC
	Flags      zsys.KvmeFlag // KVME_FLAG_COW for copy on write, and others
	Resident   int           // pages in memory, of this mapping and of what it shares
	Private    int           // pages in memory that are this mapping's alone
	References int           // of the memory object
	Shadows    int           // objects that shadow it
	VnodeType  zsys.KfVtype  // of a file: KF_VTYPE_VREG and others
	Fsid       uint64        // of a file: number of its file system
	Fileid     uint64        // of a file: inode
	Rdev       uint64        // of a device: its number
	Size       uint64        // of a file: size in bytes
	Mode       uint16        // of a file: permissions and type as in struct stat
	Object     uint64        // of memory without a file: the kernel's object, for comparing
	path       [1024]byte
	pathLen    int
}

// Path returns the path of the mapped file. It is empty for other memory, for
// deleted files and for paths of 1024 bytes or more.
func (m *Mapping) Path() string { return string(m.PathBytes()) }

// PathBytes returns the bytes of [Mapping.Path] without copying them: they are part
// of m.
func (m *Mapping) PathBytes() []byte { return m.path[:m.pathLen] }

// DecodeMappings returns an iterator over the mappings in a table that the sysctl
// kern.proc.vmmap returned. It has the same form on all ports, from FreeBSD 12.0 on.
//
// The *Mapping is reused as by [Mappings]. The error is a [*CorruptError], and ends
// the loop. The table is only read.
func DecodeMappings(table []byte) iter.Seq2[*Mapping, error] {
	return func(yield func(*Mapping, error) bool) {
		decodeMappings(table, new(Mapping), yield)
	}
}

func decodeMappings(table []byte, m *Mapping, yield func(*Mapping, error) bool) {
	records := packed{table: table, record: "kinfo_vmentry", shortest: vmPath + 8}
	for {
		rec, err := records.next()
		switch {
		case err != nil:
			yield(nil, err)
			return
		case rec == nil:
			return
		}
		m.decode(rec)
		if !yield(m, nil) {
			return
		}
	}
}

// decode sets all of m, but for what stays behind its path of an earlier one.
func (m *Mapping) decode(rec []byte) {
	r := raw(rec)
	m.Start, m.End, m.Offset = r.u64(vmStart), r.u64(vmEnd), r.u64(vmOffset)
	m.Type, m.Protection, m.Flags = zsys.KvmeType(r.u32(vmType)), zsys.KvmeProt(r.u32(vmProtection)), zsys.KvmeFlag(r.u32(vmFlags))
	m.Resident, m.Private = r.int(vmResident), r.int(vmPrivate)
	m.References, m.Shadows = r.int(vmReferences), r.int(vmShadows)
	m.VnodeType, m.Mode = zsys.KfVtype(r.u32(vmVnodeType)), r.u16(vmMode)
	m.Fileid, m.Size, m.Rdev = r.u64(vmFileid), r.u64(vmSize), r.u64(vmRdev)
	m.Fsid, m.Object = 0, 0
	if spec := r.u64(vmSpec); m.Type == zsys.KVME_TYPE_VNODE {
		m.Fsid = spec
	} else {
		m.Object = spec
	}
	m.pathLen = copy(m.path[:], beforeNUL(rec[vmPath:]))
}
