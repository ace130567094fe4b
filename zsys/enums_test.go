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
	} {
		if got := tt.value.String(); got != tt.want {
			t.Errorf("%#v is called %q, want %q", tt.value, got, tt.want)
		}
	}
}
