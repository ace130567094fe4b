package contract_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"testing"
	"unsafe"

	"github.com/rawsys-go/rawsys/zsys"
)

// mdConfig is struct md_ioctl of <sys/mdioctl.h>: the configuration of a memory
// disk, md(4).
type mdConfig struct {
	version, unit, kind uint32
	file                uintptr
	size                int64
	sector, options     uint32
	base                uint64
	heads, sectors      int32
	label               uintptr
	pad                 [96]int32
}

const (
	mdMalloc   = 0    // MD_MALLOC
	mdReserve  = 2    // MD_RESERVE
	mdAutounit = 4    // MD_AUTOUNIT
	mdForce    = 0x20 // MD_FORCE
)

// call is MDIOCATTACH (0) or MDIOCDETACH (1).
func (c *mdConfig) call(number uintptr) error {
	ctl, err := os.OpenFile("/dev/mdctl", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer ctl.Close()
	const inOut = 0xc0000000
	_, err = zsys.Ioctl(int(ctl.Fd()), inOut|unsafe.Sizeof(*c)<<16|'m'<<8|number, unsafe.Pointer(c))
	return err
}

// memoryDisk returns the device of a disk in memory that holds data.
func memoryDisk(t testing.TB, data []byte) string {
	t.Helper()
	c := &mdConfig{kind: mdMalloc, size: int64(len(data)), sector: 512, options: mdAutounit | mdReserve}
	if err := c.call(0); err != nil {
		t.Skip("needs a memory disk, and so md(4) and the rights of root: ", err)
	}
	t.Cleanup(func() {
		gone := &mdConfig{unit: c.unit, options: mdForce}
		if err := gone.call(1); err != nil {
			t.Error("detach: ", err)
		}
	})
	name := fmt.Sprintf("/dev/md%d", c.unit)
	disk, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer disk.Close()
	if _, err := disk.Write(data); err != nil {
		t.Fatal(err)
	}
	return name
}

// mountUFS mounts a disk where nothing can be written to it.
func mountUFS(disk, dir string) error {
	var iov []zsys.Iovec
	for _, s := range []string{"fstype", "ufs", "fspath", dir, "from", disk} {
		b := append([]byte(s), 0)
		iov = append(iov, zsys.Iovec{Base: &b[0], Len: uintptr(len(b))})
	}
	return zsys.Nmount(iov, zsys.MNT_RDONLY)
}

// unpacked is the content of a compressed file.
//
// cold.ufs.gz was made of a directory with one file, cold, of 65,536 bytes:
//
//	makefs -t ffs -o version=1,bsize=32768,fsize=4096 -s 2m cold.ufs DIR
func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
