package main

import (
	"fmt"
	"net"

	"github.com/rawsys-go/rawsys/bench/internal/stats"
)

// costs is a contender's samples, one of each mode a round.
type costs [modes][]sample

// compare lets the contenders take turns, round by round.
func compare(address string, size int64, cons []contender) ([]costs, error) {
	m, done, err := newMessage(size)
	if err != nil {
		return nil, err
	}
	defer done()
	all := make([]costs, len(cons))
	var n [modes]int // messages a round: the same for all, as the first contender's time has it
	for how := range mode(modes) {
		if n[how], err = calibrate(address, m, cons[0], how); err != nil {
			return nil, err
		}
	}
	for range *rounds {
		for i, con := range cons {
			for how := range mode(modes) {
				s, err := once(address, m, con, n[how], how)
				if err != nil {
					return nil, fmt.Errorf("%s, %d bytes: %w", con.name, size, err)
				}
				all[i][how] = append(all[i][how], s)
			}
		}
	}
	return all, nil
}

// calibrate finds how many messages fill the time of a round.
func calibrate(address string, m *message, con contender, how mode) (n int, err error) {
	for n = 1; ; {
		s, err := once(address, m, con, n, how)
		if err != nil {
			return 0, err
		}
		fit := int(float64(*length) / s.ns)
		if fit <= 2*n {
			return max(1, fit), nil
		}
		n = min(fit, 10*n)
	}
}

func once(address string, m *message, con contender, n int, how mode) (sample, error) {
	if con.run != nil {
		return con.run(address, m, n, how)
	}
	c, err := net.Dial("tcp4", address)
	if err != nil {
		return sample{}, err
	}
	defer c.Close()
	return measure(c.(*net.TCPConn), m, con, n, how)
}

// median is the middle of what f says of the samples.
func median(s []sample, f func(sample) float64) float64 {
	v := make([]float64, len(s))
	for i := range s {
		v[i] = f(s[i])
	}
	return stats.Median(v)
}

// ratio is the median over the rounds of s over base.
func ratio(s, base []sample, f func(sample) float64) float64 {
	quotients := make([]sample, len(s))
	for i := range s {
		quotients[i].ns = f(s[i]) / f(base[i])
	}
	return median(quotients, ns)
}

func ns(s sample) float64        { return s.ns }
func cpu(s sample) float64       { return s.cpu }
func segs(s sample) float64      { return s.segments }
func allocated(s sample) float64 { return s.allocs }
