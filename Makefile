# make lists the targets. It needs Go; the lines that need more say what.
# GNU make, also macOS's 3.81, and BSD make read this file.

BENCH = .
FUZZTIME = 60s
ABI = docs/abi.html
FROM = freebsd12
TO = freebsd15
PLATFORMS = linux freebsd darwin windows
# Beside the library, whose go.mod is to raise nobody's dependencies: modules of their own.
MODULES = cmd/vmexec tools bench
# Mutants are compiled one by one: beside other work that can pass go test's own 10 minutes.
LIMIT = -timeout=20m

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' Makefile

generate: ## refresh all bindings from defs/ and prove them
	go generate ./...

test: ## run every test; those that need more than Go skip, saying so
	@failed=; for m in . $(MODULES); do (cd $$m && go test $(LIMIT) $(TESTFLAGS) ./...) || failed=1; done; test -z "$$failed"

race: ## run the tests with the race detector and checkptr (needs a C compiler)
	@failed=; for m in . $(MODULES); do (cd $$m && go test -race $(LIMIT) $(TESTFLAGS) ./...) || failed=1; done; test -z "$$failed"

test-arch: ## run the tests on 386, arm, arm64, s390x, riscv64, ppc64le (Linux, needs qemu-user)
	go run ./internal/cmd/testarch $(ARCHFLAGS)

test-freebsd: ## run the tests on a FreeBSD kernel: KERNEL=FILE [GOARCH=amd64,386] (needs QEMU)
	@test -n "$(KERNEL)" || { echo "make test-freebsd KERNEL=FILE: FILE is /boot/kernel/kernel of a FreeBSD release; README.md says where to get one" >&2; exit 2; }
	cd cmd/vmexec && GOOS= GOARCH= go build -o ../../bin/ .
	bin/vmexec -kernel "$(KERNEL)" $(VMEXECFLAGS) test ./...

cross: ## vet, link and consume the module for every target of Go
	go run ./internal/cmd/cross $(CROSSFLAGS)
	@cd cmd/vmexec && for os in linux darwin freebsd; do echo "cmd/vmexec for $$os"; GOOS=$$os go vet ./... || exit 1; done

# The modules beside the library run on developers' hosts alone: they are linted once, for Linux.
lint: ## gofmt, vet, staticcheck, modernize, deadcode, misspell and our own checks
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }
	cd tools && go build -o ../bin/ tool ./rawsyslint
	git ls-files | grep -v -e '^testdata/' -e '/testdata/' -e '\.gz$$' | xargs bin/misspell -error -i bandwith # C spells SO_…_BANDWITH so
	@bin=$$PWD/bin; failed=; for os in $(PLATFORMS); do \
		export GOOS=$$os GOARCH=amd64 CGO_ENABLED=0; \
		for m in . $(MODULES); do \
			case $$m/$$os in ./* | */linux) ;; *) continue;; esac; \
			echo "lint $$m for $$os"; cd $$m || exit 1; \
			go vet ./... || failed=1; \
			test $$m = bench || go vet -vettool="$$bin/rawsyslint" ./... || failed=1; \
			"$$bin/staticcheck" ./... || failed=1; \
			"$$bin/modernize" ./... || failed=1; \
			cd "$$bin/.."; \
		done; \
	done; test -z "$$failed"
	@bin=$$PWD/bin; failed=; for m in . $(MODULES); do \
		echo "deadcode $$m"; dead=$$(cd $$m && "$$bin/deadcode" -test ./...) || failed=1; test -z "$$dead" || { echo "$$dead"; failed=1; }; \
	done; test -z "$$failed"

fuzz: ## fuzz every fuzz target for FUZZTIME=60s each
	@go test -list '^Fuzz' ./... | awk '/^Fuzz/ { f[n++] = $$1 } /^ok/ { for (i = 0; i < n; i++) print $$2, f[i]; n = 0 }' | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "$$package" || exit 1; \
	done

bench: ## run the benchmarks, each beside its baselines: [BENCH=REGEXP]
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...
	cd bench && go run . && go run ./locks

plots: ## draw the plots of docs/ from the runs that bench/runs keeps
	cd bench && go run ./plots

facts: ## extract the facts of a release: SRC=DIR of its sources, or SYSROOT=DIR of an installation (needs clang)
	@test -n "$(SRC)$(SYSROOT)" || { echo "make facts SRC=DIR: DIR holds FreeBSD's source tree, with sys/kern/syscalls.master; or SYSROOT=DIR of an unpacked base system" >&2; exit 2; }
	go run ./gen extract $${SRC:+-src "$$SRC"} $${SYSROOT:+-sysroot "$$SYSROOT"} $(EXTRACTFLAGS)

witness: ## prove the facts against C headers: HEADERS=DIR (needs clang)
	@test -n "$(HEADERS)" || { echo "make witness HEADERS=DIR: DIR holds FreeBSD's source tree, or a base system with usr/include" >&2; exit 2; }
	go run ./gen witness -headers "$(HEADERS)"

sweep: ## try every header of a tree, extracted and proved: SRC=DIR (needs clang)
	@test -n "$(SRC)" || { echo "make sweep SRC=DIR: DIR holds FreeBSD's source tree, or a base system with usr/include" >&2; exit 2; }
	go run ./gen sweep $(SWEEPFLAGS) "$(SRC)"

layout: ## show structs as byte maps: [NAME=stat] [ARCH=386]
	@go run ./gen layout $${ARCH:+-arch $$ARCH} $(NAME)

docs: ## write the pages of docs/api, and the lists of api, from the sources
	cd tools && go run ./apidoc -root ..

abi: ## write the browser of the ABI, one web page: [ABI=docs/abi.html]
	@go run ./gen layout -html "$(ABI)"

diff: ## say what changed between releases: FROM=freebsd12 TO=freebsd15
	@go run ./gen diff $(FROM) $(TO)

api-diff: ## say which exported names came and went since the last version
	@tag=$$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null); \
	if test -z "$$tag"; then echo "no version is tagged yet: there is nothing to compare with"; else \
		echo "since $$tag:"; git diff -U0 "$$tag" -- api | grep -E '^(\+|-)[^+-]' || echo "nothing came or went"; \
	fi

clean: ## remove what was built
	rm -rf bin

.PHONY: help generate test race test-arch test-freebsd cross lint fuzz bench plots facts witness sweep layout docs abi diff api-diff clean
