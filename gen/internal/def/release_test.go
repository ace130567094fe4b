package def

import "testing"

func TestLater(t *testing.T) {
	for _, tt := range []struct {
		since, release string
		want           bool
	}{
		{"", "12.1", false}, {"9.0", "12.1", false}, {"12.1", "12.1", false}, {"12.2", "12.1", true}, {"13.0", "12.1", true},
		{"12.1", "12.1-STABLE", false}, {"12.2", "12.1-STABLE", true}, {"12.10", "12.9", true}, {"9.3", "12.1-STABLE", false},
		{">12.1", "12.1", true}, {">12.1", "12.1-STABLE", true}, {">12.1", "12.2", false}, {">12.1", "12.0", true},
	} {
		if got := Later(tt.since, tt.release); got != tt.want {
			t.Errorf("Later(%q, %q) = %t", tt.since, tt.release, got)
		}
	}
}
