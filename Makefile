# make lists its targets.
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

generate: ## refresh all bindings from defs/ and prove them
	go generate ./...

test: ## run every test
	go test ./...

.PHONY: help generate test
