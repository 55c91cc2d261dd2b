# What one does with a checkout. Each target installs what it needs (Debian packages as root or by sudo, Python ones into .venv).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build release deb test test-release test-package lint asan fuzz soak bench demo clean observe pictures reference

export PYTHONDONTWRITEBYTECODE := 1
SOAK_SECONDS ?= 1800

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything for development
	Tests/install-dependencies build
	swift build

release: ## build the program that ships, with Swift's libraries inside
	Tests/install-dependencies build
	swift build -c release --static-swift-stdlib --product storpool-pve-exporter

deb: ## build the Debian package of the last commit, into dist
	Tests/install-dependencies deb
	packaging/build-deb

test: ## run all tests: the Swift suites, then those in Python against the programs
	Tests/install-dependencies build test
	swift build
	swift test
	bin="$$(swift build --show-bin-path)"; \
	STORPOOL_SIMULATOR="$$bin/storpool-simulator" STORPOOL_PVE_EXPORTER="$$bin/storpool-pve-exporter" \
		.venv/bin/pytest -c Tests/pytest.ini Tests

test-release: ## run the tests of the command line's arguments against the program that ships
	Tests/install-dependencies build test
	swift build -c release --static-swift-stdlib --product storpool-pve-exporter
	STORPOOL_PVE_EXPORTER="$$(swift build -c release --static-swift-stdlib --show-bin-path)/storpool-pve-exporter" \
		.venv/bin/pytest -c Tests/pytest.ini Tests/CommandLineTests/arguments_test.py

test-package: ## build the package twice and try it on Debian 12 and 13, as root
	Tests/install-dependencies deb package
	Tests/PackageTests/package-test

lint: ## check the format of all Swift code
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

asan: ## run the Swift suites under AddressSanitizer, leaks included
	Tests/install-dependencies build test
	rm -f .build-asan/report.*
	ASAN_OPTIONS=log_path="$(CURDIR)/.build-asan/report" SWIFT_BACKTRACE=enable=no swift test --disable-xctest --sanitize=address --scratch-path .build-asan -Xswiftc -use-ld=lld \
		|| { cat .build-asan/report.* >&2; exit 1; }

fuzz: ## fuzz the readers of what comes from outside, half a minute each (FUZZ_SECONDS=30 FUZZ="name ...")
	Tests/install-dependencies build
	Tests/Fuzzing/fuzz $(FUZZ)

soak: ## live through churn, faults, hostile clients and kill -9 for half an hour (SOAK_SECONDS=1800)
	Tests/install-dependencies build test
	swift build -c release --static-swift-stdlib
	BIN_DIR="$$(swift build -c release --show-bin-path)" .venv/bin/python Tests/Soak/soak.py --seconds $(SOAK_SECONDS)

bench: ## measure against the same program in Go and in Python (a quarter of an hour; BENCH_ARGS="--objects 1000 100000": less)
	Tests/install-dependencies build bench
	swift build -c release --static-swift-stdlib
	BIN_DIR="$$(swift build -c release --show-bin-path)" .venv/bin/python Tests/Benchmark/bench.py $(BENCH_ARGS)

demo: ## show the exporter at work on a simulated cluster, until Ctrl-C (DEMO_OBJECTS=2000, DEMO_SECONDS= for ever)
	Tests/install-dependencies build demo
	swift build -c release --static-swift-stdlib
	@BIN_DIR="$$(swift build -c release --show-bin-path)" Tests/demo.sh

observe: ## Prometheus with the alert rules beside the demo, until Ctrl-C (OBSERVE_OBJECTS=2000, OBSERVE_SECONDS= for ever)
	Tests/install-dependencies build observe
	swift build -c release --static-swift-stdlib
	@BIN_DIR="$$(swift build -c release --show-bin-path)" Tests/observe.sh

pictures: ## draw the pictures of the dashboards anew
	Tests/install-dependencies build test
	swift build
	bin="$$(swift build --show-bin-path)"; \
	RENEW_PICTURES=1 STORPOOL_SIMULATOR="$$bin/storpool-simulator" STORPOOL_PVE_EXPORTER="$$bin/storpool-pve-exporter" \
		.venv/bin/pytest -c Tests/pytest.ini Tests/DashboardTests/dashboard_pictures_test.py

reference: ## renew what documents take from the program: the tables of the reference, the excerpt of the README
	Tests/install-dependencies build test
	swift build
	RENEW=1 swift test --filter ReferenceTests
	bin="$$(swift build --show-bin-path)"; \
	RENEW=1 STORPOOL_SIMULATOR="$$bin/storpool-simulator" STORPOOL_PVE_EXPORTER="$$bin/storpool-pve-exporter" \
		.venv/bin/pytest -c Tests/pytest.ini Tests/DocumentationTests

clean: ## remove all that was built or installed here
	rm -rf .build .build-* .venv dist
