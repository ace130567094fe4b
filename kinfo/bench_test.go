package kinfo

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// BenchmarkDecode compares reading a whole captured table, per record, with
// copying its bytes and with encoding/binary.Read into the same structure.
func BenchmarkDecode(b *testing.B) {
	data, records := readCapture(b, "testdata/filedesc-amd64.bin")
	var ends []int
	for _, r := range records {
		ends = append(ends, recordEnd(r))
	}
	perRecord := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(ends)), "ns/record")
	}
	var k File
	b.Run("Reader", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r := newFileReader(data)
			for {
				if ok, _ := r.next(&k); !ok {
					break
				}
			}
		}
		perRecord(b)
	})
	b.Run("copy", func(b *testing.B) {
		mem := fileBytes(&k)
		for b.Loop() {
			off := 0
			for _, end := range ends {
				copy(mem, data[off:end])
				off = end
			}
		}
		perRecord(b)
	})
	b.Run("copy of 1392 bytes", func(b *testing.B) {
		mem := fileBytes(&k)
		whole := append(bytes.Clone(data), make([]byte, fileSize)...)
		for b.Loop() {
			off := 0
			for _, end := range ends {
				copy(mem, whole[off:off+fileSize])
				off = end
			}
		}
		perRecord(b)
	})
	b.Run("binary.Read", func(b *testing.B) {
		whole := append(bytes.Clone(data), make([]byte, fileSize)...)
		var r bytes.Reader
		for b.Loop() {
			off := 0
			for _, end := range ends {
				r.Reset(whole[off : off+fileSize])
				if err := binary.Read(&r, binary.LittleEndian, &k); err != nil {
					b.Fatal(err)
				}
				off = end
			}
		}
		perRecord(b)
	})
}

func BenchmarkSocketView(b *testing.B) {
	data, _ := readCapture(b, "testdata/fkinfo-tcp4-amd64.bin")
	var k File
	if err := oneFile(&k, data); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if s, ok := k.Socket(); !ok || !s.Peer().IsValid() {
			b.Fatal("no peer")
		}
	}
}
