# Targets install what they need: Debian packages (as root or with sudo), and Python packages into .venv.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help build release deb test test-long test-all test-package lint asan fuzz soak bench demo clean observe pictures reference

export PYTHONDONTWRITEBYTECODE := 1
SOAK_SECONDS ?= 1800
RELEASE := swift build -c release --static-swift-stdlib

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build everything for development
	Tests/install-dependencies build
	swift build

release: ## build the exporter for release, with the Swift libraries linked in
	Tests/install-dependencies build
	$(RELEASE) --product storpool-pve-exporter

deb: ## build the Debian package of the last commit into dist
	Tests/install-dependencies deb
	packaging/build-deb

test: ## run the Swift suites, then the Python tests (FILTER="name or path" for some of them)
	Tests/run "$(FILTER)"

test-long: ## run the Python tests that `make test` leaves out: full fault matrix, leak counts, outages
	Tests/run --long "$(FILTER)"

test-all: ## run everything: test, test-long, asan, fuzz, three minutes of soak, test-package
	$(MAKE) test
	$(MAKE) test-long
	$(MAKE) asan
	$(MAKE) fuzz
	$(MAKE) soak SOAK_SECONDS=180
	$(MAKE) test-package

test-package: ## build the package twice and test it on Debian 12 and 13 (as root)
	Tests/install-dependencies deb package
	Tests/PackageTests/package-test

lint: ## check the format of the Swift code
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

asan: ## run the Swift suites under AddressSanitizer, with leak detection
	Tests/install-dependencies build test
	rm -f .build-asan/report.*
	ASAN_OPTIONS=log_path="$(CURDIR)/.build-asan/report" SWIFT_BACKTRACE=enable=no swift test --disable-xctest --sanitize=address --scratch-path .build-asan -Xswiftc -use-ld=lld \
		|| { cat .build-asan/report.* >&2; exit 1; }

fuzz: ## fuzz the parsers of external input, 30 seconds each (FUZZ_SECONDS=30 FUZZ="name ...")
	Tests/install-dependencies build
	Tests/Fuzzing/fuzz $(FUZZ)

soak: ## run the exporter with churn, faults, hostile clients and kill -9 for half an hour (SOAK_SECONDS=1800)
	Tests/install-dependencies build test
	$(RELEASE)
	BIN_DIR="$$($(RELEASE) --show-bin-path)" .venv/bin/python Tests/Soak/soak.py --seconds $(SOAK_SECONDS)

bench: ## compare with the same work in Go and Python, 15 minutes (BENCH_ARGS="--objects 1000 100000" for fewer sizes)
	Tests/install-dependencies build bench
	$(RELEASE)
	BIN_DIR="$$($(RELEASE) --show-bin-path)" .venv/bin/python Tests/Benchmark/bench.py $(BENCH_ARGS)

demo: ## run the exporter on a simulated cluster until Ctrl-C (DEMO_OBJECTS=2000, DEMO_SECONDS=)
	Tests/install-dependencies build demo
	$(RELEASE)
	@BIN_DIR="$$($(RELEASE) --show-bin-path)" Tests/demo.sh

observe: ## run the demo with a Prometheus and the alert rules until Ctrl-C (OBSERVE_OBJECTS=2000, OBSERVE_SECONDS=)
	Tests/install-dependencies build observe
	$(RELEASE)
	@BIN_DIR="$$($(RELEASE) --show-bin-path)" Tests/observe.sh

pictures: ## update the pictures of the dashboards
	Tests/install-dependencies build test
	$(RELEASE)
	RENEW_PICTURES=1 BIN_DIR="$$($(RELEASE) --show-bin-path)" \
		.venv/bin/pytest -c Tests/pytest.ini Tests/DashboardTests/dashboard_pictures_test.py

reference: ## update the generated parts of the documents: tables of the reference, excerpt of the README
	Tests/install-dependencies build test
	RENEW=1 swift test --filter ReferenceTests
	$(RELEASE)
	RENEW=1 BIN_DIR="$$($(RELEASE) --show-bin-path)" .venv/bin/pytest -c Tests/pytest.ini Tests/DocumentationTests

clean: ## remove everything that was built or installed here
	rm -rf .build .build-* .venv dist
