# What this machine is asked to do. System packages are looked for first; only missing ones are installed.

AUDIO ?= $(if $(wildcard ../shared/audio),../shared/audio,tests/audio)
ARGS  ?=
CASES ?= 10000
MINUTES ?= 120

# Clippy's driver is a compiler that says more: what it compiles is what is tested. `cargo clippy` would have every dependency
# looked at by itself, for a fifth of all the time of `make test` on a new machine.
LINTING = RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__

TESTING = $(LINTING) cargo test --no-fail-fast

# What takes as long as speaking does, and little else, is tested beside the others; what burns every core after them.
SPOKEN  = end_to_end killed microphone
BURNING = under_load
OTHERS  = $(filter-out $(SPOKEN) $(BURNING),$(patsubst tests/%.rs,%,$(patsubst %/main.rs,%.rs,$(wildcard tests/*.rs tests/*/main.rs))))

.PHONY: help run build test test-spoken test-others fuzz soak eval bench figures shots clean packages-run packages-test

help:                 ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: packages-run     ## build for release and open the window; ARGS="rehearse --section task" runs a command
	cargo run --release -- $(ARGS)

build: packages-run   ## build for release only: target/release/starling
	cargo build --release

test: packages-test   ## formatting, lints, banned crates, all tests
	cargo fmt --all --check
	.ci/deny
	$(LINTING) cargo build --all-targets
	@$(MAKE) --no-print-directory -k -j2 test-spoken test-others
	$(TESTING) $(BURNING:%=--test %)
	$(TESTING) --doc

test-spoken:
	@mkdir -p target; $(TESTING) $(SPOKEN:%=--test %) >target/spoken.log 2>&1; failed=$$?; cat target/spoken.log; exit $$failed

test-others:
	@$(TESTING) --lib --bins $(OTHERS:%=--test %)

fuzz: packages-test   ## ten thousand cases of everything that may come in broken; CASES=1000 tries fewer
	PROPTEST_CASES=$(CASES) cargo test --test properties --test damaged --test readings

soak: packages-test   ## two hours of takes in a row, memory and handles watched; MINUTES=2 takes fewer
	cargo build --release --bin starling --example soak
	cargo run --release --example soak -- $(MINUTES)

shots: packages-test  ## pictures of every screen, three sizes, light and dark; SIZES=1280x800 takes fewer
	cargo build --release
	tests/shots.sh target/release/starling tests/audio target/shots

eval: packages-run    ## measure what is heard against what was said; AUDIO=folder of clips
	cargo run --release --example eval -- $(AUDIO)

bench: packages-test  ## compare what it costs, as tables of ratios, in six minutes; LONG=1 adds what takes long (3 minutes, 200 takes)
	cargo build --release --bin starling --example frames
	cargo bench --bench bench -- $(if $(LONG),--long)

figures: packages-test ## measure size, start and memory of the release build
	cargo build --release
	tests/figures.sh target/release/starling

clean:                ## remove everything that was built
	cargo clean

packages-run:
	@.ci/packages run

packages-test:
	@.ci/packages test
