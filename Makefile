# Every command that a contributor or CI needs. `make` alone lists them.
#
# A fresh Debian machine with Rust and Node is enough: what else a target needs it installs, by one apt-get call and
# only if something is missing.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Where `make run` keeps its database, and what it listens on.
DATA ?= data
LISTEN ?= 127.0.0.1:7880
RELAY ?= 127.0.0.1:7881

# What compiles what is not Rust: libopus (cmake), and the way to a sound card.
BUILD_PACKAGES := cmake pkg-config libasound2-dev

# What Rust's tests use: the TURN server that the native client's calls go through.
TEST_PACKAGES := coturn

# What the tests in real browsers use.
BROWSER_PACKAGES := chromium firefox-esr espeak-ng sox libsox-fmt-all pulseaudio pulseaudio-utils sqlite3 \
	iproute2 iptables conntrack coturn python3 \
	fonts-dejavu-core fonts-noto-color-emoji

# Whom Tring is measured beside.
RIVAL_PACKAGES := janus rtpengine-daemon coturn

# How long each fuzz target runs, in seconds.
FUZZ_SECONDS ?= 60

# How often `make bench-rivals` measures everything.
ROUNDS ?= 5

# For how long `make soak` places calls.
MINUTES ?= 120

TRING := target/release/tring
# npm writes this file last: it is as new as the last finished installation.
WEB_MODULES := sdk/web/node_modules/.package-lock.json
E2E_MODULES := e2e/node_modules/.package-lock.json
# Built only when a source is newer: the server contains what is built, and would be linked again.
SDK := sdk/web/signed-call/dist/signed-call.mjs
SDK_SOURCES := $(shell find sdk/web/core sdk/web/signed-call sdk/web/tring -type f -not -path '*/node_modules/*' \
	-not -path '*/dist/*' -not -name '*.test.ts') sdk/web/package.json sdk/web/package-lock.json
DASHBOARD_MODULES := dashboard/node_modules/.package-lock.json
DASHBOARD := dashboard/dist/index.html
# The SDK's sources too: the preview of the branding is drawn by its call screens.
DASHBOARD_SOURCES := $(shell find dashboard sdk/web/core -type f -not -path '*/node_modules/*' -not -path '*/dist/*' \
	-not -name '*.test.ts' -not -name '*.test.tsx' -not -name '*.md')
DENY := target/tools/bin/cargo-deny
SCHEMATHESIS := target/tools/schemathesis/bin/schemathesis
PESQ := target/tools/pesq/.installed

# One apt-get, and only if something is missing. $(1): Debian's packages.
define packages
	@missing=$$(for package in $(1); do \
		[ "$$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null)" = installed ] || echo $$package; done); \
	[ -z "$$missing" ] && exit 0; \
	sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	$$sudo sh -c "apt-get update -qq -o DPkg::Lock::Timeout=180 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
		-o DPkg::Lock::Timeout=180 --no-install-recommends $$(echo $$missing)"
endef

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

## ---- running

.PHONY: run
run: $(TRING) ## start Tring with its dashboard, filled with demo calls, and its demo page; data in ./data
	@$(TRING) demo --data $(DATA)
	@exec $(TRING) serve --demo --listen $(LISTEN) --relay $(RELAY) --data $(DATA)

.PHONY: sdk
sdk: $(SDK) ## build the web SDK, which the server serves

$(SDK): $(SDK_SOURCES) | $(WEB_MODULES)
	cd sdk/web && npm run --silent build
	@touch $@

.PHONY: dashboard
dashboard: $(DASHBOARD) ## build the dashboard, which the server serves

$(DASHBOARD): $(DASHBOARD_SOURCES) | $(DASHBOARD_MODULES)
	cd dashboard && npm run --silent build
	@touch $@

# Cargo itself knows what is out of date, so this always asks it.
.PHONY: $(TRING)
$(TRING): $(SDK) $(DASHBOARD) build-tools
	cargo build --release --locked -p tring

## ---- proving

.PHONY: test
test: test-rust test-sdk test-dashboard test-api test-soak test-e2e ## prove everything: Rust, vectors, the World, the web, real browsers

.PHONY: test-rust
test-rust: $(SDK) $(DASHBOARD) build-tools test-tools ## Rust units, properties, vectors, both databases and ten thousand schedules of the World
	@if cargo nextest --version >/dev/null 2>&1; then \
		.ci/postgres run cargo nextest run --workspace --locked; \
	else \
		.ci/postgres run cargo test --workspace --locked --lib --bins --tests; \
	fi
	cargo test --workspace --locked --doc --quiet

.PHONY: test-sdk
test-sdk: $(WEB_MODULES) ## the web SDK's units and its share of the vectors
	cd sdk/web && npm test

.PHONY: test-dashboard
test-dashboard: $(DASHBOARD_MODULES) ## the dashboard's units
	cd dashboard && npm test

.PHONY: test-e2e
test-e2e: $(TRING) $(E2E_MODULES) $(PESQ) browsers ## calls between real browsers through the release binary
	cd e2e && npm test

.PHONY: test-api
test-api: $(TRING) $(SCHEMATHESIS) ## /v1 as its OpenAPI description has it, asked by a fuzzing client
	node .ci/api/run.mjs $(TRING) $(SCHEMATHESIS)

.PHONY: test-soak
test-soak: $(TRING) ## two minutes of `make soak`
	cargo run --release --locked -p tring-bench -- soak --minutes 2

.PHONY: browsers
browsers:
	$(call packages,$(BROWSER_PACKAGES))

.PHONY: build-tools
build-tools:
	$(call packages,$(BUILD_PACKAGES))

# Not as a service: each test starts its own.
.PHONY: test-tools
test-tools:
	@[ "$$(dpkg-query -W -f='$${db:Status-Status}\n' $(TEST_PACKAGES) 2>/dev/null | grep -c '^installed$$')" = \
		$(words $(TEST_PACKAGES)) ] || .ci/without-services $(MAKE) --no-print-directory test-packages

.PHONY: test-packages
test-packages:
	$(call packages,$(TEST_PACKAGES))

.PHONY: postgres
postgres: ## a PostgreSQL for tests run by hand; `.ci/postgres stop` ends it
	@.ci/postgres start

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZ_SECONDS (60)
	.ci/fuzz $(FUZZ_SECONDS)

.PHONY: nightly
nightly: ## the World for half a million schedules
	TRING_SCHEDULES=500000 cargo test --release --locked -p tring-testkit -- --nocapture

.PHONY: bench
bench: $(TRING) ## what Tring costs, as ratios to a limit measured in the same run; under ten minutes
	cargo run --release --locked -p tring-bench -- --rounds 3
	cargo run --release --locked -p tring-bench -- rivals --rounds 1 --calls 100 --only forward,setup
	@$(MAKE) --no-print-directory bench-network RUNS=2 ONLY='active interface removed'

.PHONY: bench-rivals
bench-rivals: $(TRING) rivals ## Tring beside Janus, rtpengine and coturn; WRITE=yes keeps the result
	cargo run --release --locked -p tring-bench -- rivals --rounds $(ROUNDS) $(if $(WRITE),--write bench/results)

# None of them may start as a service: each is measured as a child, and some machine's addresses would be taken.
.PHONY: rivals
rivals:
	@[ "$$(dpkg-query -W -f='$${db:Status-Status}\n' $(RIVAL_PACKAGES) 2>/dev/null | grep -c '^installed$$')" = \
		$(words $(RIVAL_PACKAGES)) ] || .ci/without-services $(MAKE) --no-print-directory rival-packages

.PHONY: rival-packages
rival-packages:
	$(call packages,$(RIVAL_PACKAGES))

.PHONY: bench-network
bench-network: $(TRING) $(E2E_MODULES) browsers ## how long nobody hears anything when a network fails; RUNS=20 MINUTES=10 takes an hour
	cd e2e && npx vitest run --config network/bench.config.ts

.PHONY: bench-speech
bench-speech: $(TRING) $(E2E_MODULES) $(PESQ) browsers ## what bad networks leave of speech, with Tring and without it; RUNS=5 takes an hour
	cd e2e && npx vitest run --config speech/bench.config.ts

.PHONY: pesq
pesq: $(PESQ)

.PHONY: bench-statistics
bench-statistics: ## how long figures and log pages take with ten million calls; takes some minutes and 10 GB
	cargo run --release --locked -p tring-bench -- statistics

.PHONY: soak
soak: $(TRING) ## two hundred calls at a time for MINUTES (120): nothing may be lost, left over or grow
	cargo run --release --locked -p tring-bench -- soak --minutes $(MINUTES)

## ---- checking

.PHONY: check
check: check-format check-lints check-types check-licences check-generated check-shape check-deploy ## all that CI checks besides the tests

.PHONY: check-format
check-format:
	cargo fmt --all --check

.PHONY: check-lints
check-lints: $(SDK) $(DASHBOARD) build-tools
	cargo clippy --workspace --all-targets --all-features --locked -- -D warnings

.PHONY: check-types
check-types: $(WEB_MODULES) $(DASHBOARD_MODULES) $(E2E_MODULES)
	cd sdk/web && npm run --silent check
	cd dashboard && npm run --silent check
	cd e2e && npm run --silent check

.PHONY: check-licences
check-licences: $(DENY)
	$(DENY) --log-level error check --hide-inclusion-graph licenses bans sources
	node .ci/npm-licences.mjs sdk/web/package-lock.json dashboard/package-lock.json e2e/package-lock.json

# Cargo's own licence check is not part of Cargo; built once, kept with the other build products.
$(DENY):
	@if command -v cargo-deny >/dev/null; then mkdir -p $(@D) && ln -sf "$$(command -v cargo-deny)" $@; \
	else cargo install --quiet --locked --root target/tools cargo-deny@0.20.2; fi

.PHONY: check-generated
check-generated:
	node .ci/generated.mjs

.PHONY: check-shape
check-shape: # crates point the way they should, and no file has outgrown its reader
	node .ci/crate-graph.mjs
	node .ci/file-sizes.mjs

.PHONY: check-deploy
check-deploy: # what deploy/ names is there
	node .ci/deploy.mjs

.PHONY: gen
gen: ## write what is generated from crates/protocol
	cargo run --quiet --locked -p tring-protocol --features gen --example gen

## ---- ground

$(WEB_MODULES): sdk/web/package.json sdk/web/package-lock.json
	cd sdk/web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(DASHBOARD_MODULES): dashboard/package.json dashboard/package-lock.json
	cd dashboard && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Python's, so each in an environment of its own; pip finds them where npm and Cargo find theirs. $(1): what tells whether
# the machine has what it takes; $(2): the packages that bring it; $(3): where it goes.
define python_tool
	@if ! { $(1); } >/dev/null 2>&1; then \
		sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		$$sudo sh -c "apt-get update -qq -o DPkg::Lock::Timeout=180 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			-o DPkg::Lock::Timeout=180 --no-install-recommends $(2)"; \
	fi
	rm -rf $(3)
	python3 -m venv $(3)
	$(3)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
endef
PYTHON_VENV := python3 -c 'import ensurepip, venv'
# What is compiled for Python needs its headers.
PYTHON_HEADERS := test -e "$$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h"

$(SCHEMATHESIS): .ci/api/requirements.txt
	$(call python_tool,$(PYTHON_VENV),python3-venv,target/tools/schemathesis)

$(PESQ): e2e/speech/requirements.txt
	$(call python_tool,$(PYTHON_VENV) && $(PYTHON_HEADERS) && gcc --version,python3-venv python3-dev gcc libc6-dev,target/tools/pesq)

$(E2E_MODULES): e2e/package.json e2e/package-lock.json
	cd e2e && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

.PHONY: clean
clean: ## remove what was built; data stays
	cargo clean
	rm -rf artifacts sdk/web/node_modules sdk/web/*/dist dashboard/node_modules dashboard/dist e2e/node_modules
