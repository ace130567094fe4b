//go:build freebsd || linux

// Locks measures package shmsync beside what one would use without it: package
// sync and x/sync/semaphore in one process, pthread's process-shared mutexes in a
// C program, and sockets and pipes for messages. The C program is compiled with cc
// or clang; without one its rows are left out, which the output says.
//
//	go run ./locks [-only REGEXP] [-rounds 9] [-time 60ms] [-o runs]
//	go run ./locks -waits          how long one waits in a crowd
//
// Contenders take turns in every round. A ratio is the median, over the rounds, of
// a contender's time by its baseline's of the same round.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"time"
)

var (
	only   = flag.String("only", "", "measure the cases whose names match this `REGEXP`")
	rounds = flag.Int("rounds", 9, "`ROUNDS` in which the contenders take turns")
	length = flag.Duration("time", 60*time.Millisecond, "`TIME` that a contender is measured in a round")
	store  = flag.String("o", "", "also write locks.tsv and ring.tsv into `DIR`")
	waits  = flag.Bool("waits", false, "measure how long one of 16 waits")
	role   = flag.String("role", "", "be a worker of the case `NAME`, for the parent")
	number = flag.Int("number", 0, "which worker")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("locks: ")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Fatalf("unexpected argument %q", flag.Arg(0))
	}
	if *waits {
		printWaits()
		return
	}
	run := measureAll
	if *role != "" {
		run = beChild
	}
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func measureAll() error {
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	if *store != "" { // before minutes are spent on what could not be kept
		if err := os.MkdirAll(*store, 0o777); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "locks")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := compileC(dir)
	if err != nil {
		return err
	}
	fmt.Print(head())
	var done []*result
	for _, k := range cases(c) {
		if !chosen.MatchString(k.name) {
			continue
		}
		r, err := measure(k)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		r.print(os.Stdout)
		done = append(done, r)
	}
	if *store == "" {
		return nil
	}
	return write(*store, done)
}

// cases are all that is measured. c is the C program, or "".
func cases(c string) []kase {
	all := append(alone(), semaphores()...)
	return append(append(all, contended(c)...), messages()...)
}
