package flagtext

import "testing"

func TestString(t *testing.T) {
	for flags, want := range map[uint32]string{
		0:        "0",
		1:        "ONE",
		6:        "FOUR|TWO",
		1 << 31:  "0x80000000",
		7 | 1<<4: "FOUR|TWO|ONE|0x10",
	} {
		if got := String(flags, Name{4, "FOUR"}, Name{2, "TWO"}, Name{1, "ONE"}); got != want {
			t.Errorf("%#x: %q, want %q", flags, got, want)
		}
	}
}
