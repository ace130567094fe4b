package wire

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
)

var key = bytes.Repeat([]byte{7}, KeySize)

// stream returns three frames and where each ends.
func stream(t testing.TB) (data []byte, ends []int) {
	var b bytes.Buffer
	w := NewWriter(&b, key)
	for _, f := range []struct {
		kind Kind
		text string
	}{{Hello, "{}"}, {Stdout, "VX out\x00"}, {Done, ""}} {
		if err := w.Send(f.kind, []byte(f.text)); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, b.Len())
	}
	return b.Bytes(), ends
}

// drain reads frames to the end.
func drain(data []byte, key []byte) (kinds []Kind, payload []byte, err error) {
	r := NewReader(bytes.NewReader(data), key)
	for {
		kind, p, err := r.Next()
		if err != nil {
			return kinds, payload, err
		}
		kinds, payload = append(kinds, kind), append(payload, p...)
	}
}

func TestRoundTrip(t *testing.T) {
	data, _ := stream(t)
	kinds, payload, err := drain(data, key)
	if err != io.EOF || !slices.Equal(kinds, []Kind{Hello, Stdout, Done}) || string(payload) != "{}VX out\x00" {
		t.Errorf("got %q %q %v", kinds, payload, err)
	}
}

func TestLongPayloadIsSplit(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), MaxPayload/8)
	long = append(long, "tail"...)
	var b bytes.Buffer
	if err := NewWriter(&b, key).Send(Stdout, long); err != nil {
		t.Fatal(err)
	}
	kinds, payload, err := drain(b.Bytes(), key)
	if err != io.EOF || len(kinds) != 3 || !bytes.Equal(payload, long) {
		t.Errorf("%d frames, %d bytes, %v", len(kinds), len(payload), err)
	}
}

func TestEveryChangedByteIsFound(t *testing.T) {
	data, _ := stream(t)
	for i := range data {
		changed := bytes.Clone(data)
		changed[i] ^= 0x40
		kinds, _, err := drain(changed, key)
		if err == nil || err == io.EOF || len(kinds) == 3 {
			t.Errorf("byte %d: %q %v", i, kinds, err)
		}
	}
}

func TestEveryCutIsFound(t *testing.T) {
	data, ends := stream(t)
	for n := range data {
		want := io.ErrUnexpectedEOF
		if n == 0 || slices.Contains(ends, n) {
			want = io.EOF
		}
		if _, _, err := drain(data[:n], key); err != want {
			t.Errorf("cut at %d: %v, want %v", n, err, want)
		}
	}
}

// TestForged has streams that a guest without the key, or with earlier frames in
// hand, can make.
func TestForged(t *testing.T) {
	data, ends := stream(t)
	hello, out := data[:ends[0]], data[ends[0]:ends[1]]
	var guess bytes.Buffer
	NewWriter(&guess, make([]byte, KeySize)).Send(Exit, []byte(`{"Code":0}`))
	for name, forged := range map[string][]byte{
		"guessed key": guess.Bytes(),
		"replayed":    slices.Concat(hello, hello),
		"reordered":   slices.Concat(out, hello),
		"left out":    data[ends[0]:],
		"plain text":  []byte("--- PASS: TestEverything (0.00s)\nPASS\n"),
		"huge length": []byte("VXO\xff\xff\xff\xff"),
		"shell":       []byte("VX\x00\x00\x00\x00\x00 and something that is long enough"),
	} {
		if _, _, err := drain(forged, key); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReader(f *testing.F) {
	data, ends := stream(f)
	f.Add(data)
	f.Add(data[:ends[1]])
	f.Add([]byte("VXO\x00\x00\x00\x04abcd"))
	f.Fuzz(func(t *testing.T, input []byte) {
		kinds, payload, err := drain(input, key)
		if err == nil {
			t.Fatal("no error at the end")
		}
		// Only what the writer sent, in its order, may come out.
		if want, _, _ := drain(data, key); len(kinds) > len(want) || !slices.Equal(kinds, want[:len(kinds)]) {
			t.Fatalf("got %q with %q", kinds, payload)
		}
	})
}

func TestExitStatus(t *testing.T) {
	for _, c := range []struct {
		s    Status
		want int
	}{{Status{}, 0}, {Status{Code: 3}, 3}, {Status{Signal: 9}, 137}} {
		if got := c.s.ExitStatus(); got != c.want {
			t.Errorf("%+v: %d, want %d", c.s, got, c.want)
		}
	}
}
