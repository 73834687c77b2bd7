# Targets that need system packages install the missing ones first (.ci/packages).

AUDIO ?= tests/audio
STORIES ?= tests/data/stories
ARGS  ?=
CASES ?= 10000
MINUTES ?= 120

# clippy-driver is a compiler with more lints, and its output is what the tests run. `cargo clippy` would check every
# dependency separately, which takes a fifth of the time of `make test` on a new machine.
LINTING = RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__

TESTING = $(LINTING) cargo test --no-fail-fast

# SPOKEN tests run in real time but need little CPU, so they run in parallel with OTHERS. BURNING tests load every core,
# so they run alone at the end.
SPOKEN  = end_to_end crash_recovery capture_faults
BURNING = recording_under_load
OTHERS  = $(filter-out $(SPOKEN) $(BURNING),$(patsubst tests/%.rs,%,$(patsubst %/main.rs,%.rs,$(wildcard tests/*.rs tests/*/main.rs))))

.PHONY: help run build test test-spoken test-others fuzz soak eval eval-stories bench measure figures screenshots shots \
        clean packages-run packages-test

help:                 ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 21

run: packages-run     ## build for release and open the window; ARGS="rehearse --section task" runs a command instead
	cargo run --release -- $(ARGS)

build: packages-run   ## build target/release/starling
	cargo build --release

test: packages-test   ## check formatting, lints, crates and documentation, run all tests
	cargo fmt --all --check
	.ci/deny
	$(LINTING) cargo build --all-targets
	@$(MAKE) --no-print-directory -k -j2 test-spoken test-others
	$(TESTING) $(BURNING:%=--test %)
	RUSTDOC=.ci/rustdoc $(TESTING) --doc

# The output is printed at the end, so that it does not mix with that of test-others.
test-spoken:
	@mkdir -p target; $(TESTING) $(SPOKEN:%=--test %) >target/spoken.log 2>&1; failed=$$?; cat target/spoken.log; exit $$failed

test-others:
	@$(TESTING) --lib --bins $(OTHERS:%=--test %)

fuzz: packages-test   ## run 10,000 generated cases of malformed input; CASES=1000 runs fewer
	PROPTEST_CASES=$(CASES) cargo test --test parser_properties --test corrupt_input --test analysis_properties

soak: packages-test   ## record takes for two hours and watch memory and handles; MINUTES=2 is shorter
	cargo build --release --bin starling --example soak
	cargo run --release --example soak -- $(MINUTES)

screenshots: packages-test ## take pictures of every screen in three sizes, light and dark; SIZES=1280x800 takes fewer
	cargo build --release
	tests/screenshots.sh target/release/starling tests/audio target/shots

eval: packages-run    ## compare every measurement with the truth of clips and of stories; AUDIO=FOLDER, STORIES=FOLDER
	cargo run --release --example eval -- $(AUDIO)
	cargo run --release --example eval -- --stories $(STORIES)

# The profile of `make test`, because a release build takes minutes and this needs seconds.
eval-stories: packages-test ## compare the text analysis with labeled answers; VERBOSE=1 lists every wrong case
	$(LINTING) cargo run --example eval -- --stories $(STORIES) $(if $(VERBOSE),--verbose)

bench: packages-test  ## measure delay and cost as ratios to faster-whisper (6 min); LONG=1 adds long runs (15 min)
	cargo build --release --bin starling --example frames
	cargo bench --bench bench -- $(if $(LONG),--long)

measure: packages-test ## measure size, start time and memory of the release build
	cargo build --release
	tests/measure.sh target/release/starling

# Old names.
figures: measure
shots: screenshots

clean:                ## remove all build output
	cargo clean

packages-run:
	@.ci/packages run

packages-test:
	@.ci/packages test
