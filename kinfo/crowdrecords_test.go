package kinfo

import (
	"testing"

	"github.com/rawsys-go/rawsys/internal/crowd"
)

// checkCrowdRecords compares what F_KINFO told the owner of descriptors with the
// process's table, by which they have been checked.
func checkCrowdRecords(t *testing.T, m *crowd.Member, byFd map[int]File) {
	t.Helper()
	records := map[int][]byte{}
	for _, f := range m.Files {
		records[f.FD] = f.Kinfo
	}
	for _, s := range m.Sockets {
		records[s.FD] = s.Kinfo
	}
	if len(records) != len(m.Files)+len(m.Sockets) || len(records) < 20 {
		t.Errorf("%d records of %d files and %d sockets", len(records), len(m.Files), len(m.Sockets))
	}
	for fd, record := range records {
		list, err := Collect(DecodeFiles(record))
		if err != nil || len(list) != 1 || len(record) != int(fileSize) {
			t.Errorf("descriptor %d: %d records in %d bytes, %v", fd, len(list), len(record), err)
			continue
		}
		checkCrowdRecord(t, &list[0], byFd[fd])
	}
}

func checkCrowdRecord(t *testing.T, got *File, want File) {
	t.Helper()
	if got.Fd != want.Fd || got.Type != want.Type || got.Flags != want.Flags || got.Offset != want.Offset ||
		got.RefCount != want.RefCount+1 || got.PathString() != want.PathString() {
		t.Errorf("F_KINFO and the table differ:\n%+v\n%+v", got, want)
	}
	gotVnode, file := got.Vnode()
	wantVnode, isFile := want.Vnode()
	gotSocket, socket := got.Socket()
	wantSocket, isSocket := want.Socket()
	if file != isFile || file && gotVnode.Size != wantVnode.Size || file && gotVnode.Fileid != wantVnode.Fileid {
		t.Errorf("F_KINFO has %+v, the table %+v", gotVnode, wantVnode)
	}
	if socket != isSocket || socket && (gotSocket.Local() != wantSocket.Local() || gotSocket.Peer() != wantSocket.Peer() || gotSocket.Pcb != wantSocket.Pcb) {
		t.Errorf("F_KINFO has %+v, the table %+v", gotSocket, wantSocket)
	}
}
