//go:build linux

// Servers measures what serving static files costs: net/http's FileServer, a
// small HTTP/1.1 responder on rawsys.Transfer, and nginx with sendfile and
// tcp_nopush, one worker each, under wrk over loopback. It needs wrk and nginx
// (Debian: apt-get install wrk nginx-light).
//
//	go run ./servers [-seconds 3] [-rounds 3] [-connections 16]
package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/rawsys-go/rawsys/bench/internal/stats"
)

var (
	seconds     = flag.Int("seconds", 3, "`SECONDS` that wrk asks each server for a file, in each round")
	rounds      = flag.Int("rounds", 3, "`ROUNDS`, in which the servers take turns")
	connections = flag.Int("connections", 16, "`CONNECTIONS` that wrk keeps open")
	serve       = flag.String("serve", "", "be the server `NAME`, for the parent")
	dir         = flag.String("dir", "", "`DIR` of the files, for the parent")
)

// sizes are those of the files.
var sizes = []int{1 << 10, 16 << 10, 128 << 10, 1 << 20}

func main() {
	log.SetFlags(0)
	log.SetPrefix("servers: ")
	flag.Parse()
	if *serve != "" {
		log.Fatal(serveFiles(*serve, *dir))
	}
	for _, program := range []string{"wrk", "nginx"} {
		if _, err := exec.LookPath(program); err != nil {
			log.Fatalf("needs %s: %v (Debian: apt-get install wrk nginx-light)", program, err)
		}
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	files, err := os.MkdirTemp("", "servers")
	if err != nil {
		return err
	}
	defer os.RemoveAll(files)
	if err := os.Chmod(files, 0o755); err != nil { // nginx's worker is another user
		return err
	}
	for _, size := range sizes {
		if err := os.WriteFile(filepath.Join(files, strconv.Itoa(size)), bytes.Repeat([]byte("0123456789abcdef"), size/16), 0o644); err != nil {
			return err
		}
	}
	all, err := start(files)
	defer func() {
		for _, s := range all {
			s.stop()
		}
	}()
	if err != nil {
		return err
	}
	fmt.Printf("%-8s", "file")
	for _, s := range all {
		fmt.Printf(" %22s", s.name)
	}
	fmt.Println("\n         requests a second, and CPU microseconds a request; in brackets over FileServer's of the same round, medians")
	for _, size := range sizes {
		if err := measure(all, size); err != nil {
			return err
		}
	}
	return nil
}

// cost is what a server did in a round.
type cost struct{ rate, cpu float64 }

// measure lets the servers take turns at a file, and prints a line.
func measure(all []*server, size int) error {
	results := make([][]cost, len(all))
	for range *rounds {
		for i, s := range all {
			c, err := s.load(size)
			if err != nil {
				return fmt.Errorf("%s, %d bytes: %w", s.name, size, err)
			}
			results[i] = append(results[i], c)
		}
	}
	fmt.Printf("%-8d", size)
	for i := range all {
		rate, cpu, rateRatio, cpuRatio := medians(results[i], results[0])
		fmt.Printf(" %7.0f[%.2f] %5.1f[%.2f]", rate, rateRatio, cpu, cpuRatio)
	}
	fmt.Println()
	return nil
}

func medians(mine, first []cost) (rate, cpu, rateRatio, cpuRatio float64) {
	var rates, cpus, rateRatios, cpuRatios []float64
	for i, c := range mine {
		rates, cpus = append(rates, c.rate), append(cpus, c.cpu)
		rateRatios, cpuRatios = append(rateRatios, c.rate/first[i].rate), append(cpuRatios, c.cpu/first[i].cpu)
	}
	return stats.Median(rates), stats.Median(cpus), stats.Median(rateRatios), stats.Median(cpuRatios)
}

var (
	countLine = regexp.MustCompile(`(\d+) requests in ([\d.]+)(m?s)`)
	badLine   = regexp.MustCompile(`(?m)^\s*(Socket errors|Non-2xx).*$`)
)

// load has wrk ask the server for a file.
func (s *server) load(size int) (cost, error) {
	before, err := s.cpu()
	if err != nil {
		return cost{}, err
	}
	out, err := exec.Command("wrk", "-t1", "-c"+strconv.Itoa(*connections), "-d"+strconv.Itoa(*seconds)+"s",
		fmt.Sprintf("http://%s/%d", s.address, size)).CombinedOutput()
	if err != nil {
		return cost{}, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	after, err := s.cpu()
	if err != nil {
		return cost{}, err
	}
	m := countLine.FindSubmatch(out)
	if bad := badLine.Find(out); m == nil || bad != nil {
		return cost{}, fmt.Errorf("wrk: %s", out)
	}
	count, _ := strconv.ParseFloat(string(m[1]), 64)
	took, err := time.ParseDuration(string(m[2]) + string(m[3]))
	if err != nil || count == 0 {
		return cost{}, fmt.Errorf("wrk: %s", out)
	}
	return cost{count / took.Seconds(), float64((after - before).Microseconds()) / count}, nil
}
