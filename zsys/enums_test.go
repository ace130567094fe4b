package zsys_test

import (
	"fmt"
	"testing"

	"github.com/rawsys-go/rawsys/zsys"
)

func TestEnumNames(t *testing.T) {
	for _, tt := range []struct {
		value fmt.Stringer
		want  string
	}{
		{zsys.KF_TYPE_SOCKET, "KF_TYPE_SOCKET"},
		{zsys.KfType(-7), "KfType(-7)"},
		{zsys.FSeal(0), "0"},
		{zsys.F_SEAL_WRITE | zsys.F_SEAL_SHRINK, "F_SEAL_SHRINK|F_SEAL_WRITE"},
		{zsys.F_SEAL_SEAL | 0xf0, "F_SEAL_SEAL|0xf0"},
		{zsys.FSeal(1 << 31), "0x80000000"},
		{zsys.CAP_FCNTL_ALL, "CAP_FCNTL_ALL"},
		{zsys.CAP_FCNTL_ALL | 1, "CAP_FCNTL_ALL|0x1"},
		{zsys.CAP_FCNTL_ALL &^ zsys.CAP_FCNTL_SETFL, "CAP_FCNTL_GETFL|CAP_FCNTL_GETOWN|CAP_FCNTL_SETOWN"},
		{zsys.OpenFlag(zsys.O_RDWR | zsys.O_CREAT | zsys.O_CLOEXEC), "O_RDWR|O_CREAT|O_CLOEXEC"},
		{zsys.OpenFlag(zsys.O_RDONLY), "0"},
		{zsys.FcntlCmd(zsys.F_ADD_SEALS), "F_ADD_SEALS"},
		{zsys.FileFlag(zsys.UF_IMMUTABLE | zsys.SF_ARCHIVED), "UF_IMMUTABLE|SF_ARCHIVED"},
		{zsys.MountFlag(zsys.MNT_RDONLY | zsys.MNT_EMPTYDIR), "MNT_RDONLY|MNT_EMPTYDIR"},
		{zsys.InotifyMask(zsys.IN_CLOSE | zsys.IN_ONESHOT), "IN_CLOSE|IN_ONESHOT"},
		{zsys.DirentType(zsys.DT_LNK), "DT_LNK"},
		{zsys.Prot(zsys.PROT_READ | zsys.PROT_EXEC), "PROT_READ|PROT_EXEC"},
		{zsys.MapFlag(zsys.MAP_PRIVATE | zsys.MAP_ANON), "MAP_PRIVATE|MAP_ANON"},
		{zsys.RlimitResource(zsys.RLIMIT_NOFILE), "RLIMIT_NOFILE"},
		{zsys.ProcctlCmd(zsys.PROC_REAP_KILL), "PROC_REAP_KILL"},
		{zsys.PtraceRequest(zsys.PT_GETREGS), "PT_GETREGS"},
		{zsys.KeventFilter(zsys.EVFILT_PROC), "EVFILT_PROC"},
		{zsys.KeventFlag(zsys.EV_ADD | zsys.EV_EOF), "EV_ADD|EV_EOF"},
		{zsys.PollEvent(zsys.POLLIN | zsys.POLLOUT), "POLLIN|POLLOUT"},
		{zsys.AddressFamily(zsys.AF_UNIX), "AF_UNIX"},
		{zsys.SocketType(zsys.SOCK_SEQPACKET), "SOCK_SEQPACKET"},
		{zsys.MsgFlag(zsys.MSG_PEEK | zsys.MSG_NOSIGNAL), "MSG_PEEK|MSG_NOSIGNAL"},
		{zsys.InterfaceFlag(zsys.IFF_UP | zsys.IFF_LINK2), "IFF_UP|IFF_LINK2"},
	} {
		if got := tt.value.String(); got != tt.want {
			t.Errorf("%#v is called %q, want %q", tt.value, got, tt.want)
		}
	}
}
