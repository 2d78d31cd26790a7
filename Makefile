# From a clone to a detected face:  make demo      To a tested build:  make test
# (Both first install missing Debian packages; see scripts/packages.txt.)

PRESET ?= release
JOBS ?= $(shell scripts/jobs.sh)
# Number of concurrent test programs, and of threads in each: never more threads than cores, since
# OpenMP spins.
TEST_JOBS ?= $(shell nproc)
CTEST_ARGS ?=

BUILD := build/$(PRESET)

.DEFAULT_GOAL := help
.PHONY: help setup configure configure_demo programs build demo data test slow levels test-page bench format lint site clean

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##  *\(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup:  ## install what is missing (Debian packages)
	@scripts/setup.sh

configure: setup
	@cmake --preset $(PRESET) --log-level=WARNING >/dev/null

# Without training, films, the service and tests, and their packages. Its build results are reused
# by the full build.
configure_demo:
	@scripts/setup.sh demo
	@test -f $(BUILD)/build.ninja || cmake --preset $(PRESET) --log-level=WARNING -D FACESHOT_BUILD_TRAIN=OFF \
	  -D FACESHOT_BUILD_VIDEO=OFF -D FACESHOT_BUILD_SERVE=OFF \
	  -D FACESHOT_BUILD_TESTS=OFF -D FACESHOT_BUILD_BENCH=OFF >/dev/null

programs: configure  ## all programs: photographs, films, the service, training (build/release/bin)
	@cmake --build $(BUILD) --parallel $(JOBS) --target programs

build: configure  ## the programs, tests and benchmarks (PRESET=dev and others: CMakePresets.json)
	@cmake --build $(BUILD) --parallel $(JOBS)

demo: configure_demo  ## detect faces in a few real photographs
	@cmake --build $(BUILD) --parallel $(JOBS) --target faceshot_cli
	@scripts/demo.sh $(BUILD)/bin/faceshot

data: configure_demo  ## the commands for data sets and evaluation (faceshot-data) beside `faceshot`
	@cmake --build $(BUILD) --parallel $(JOBS) --target faceshot_cli faceshot_data_cli

# Memory that a test frees stays in its process: in virtual machines, getting it anew is expensive.
test: build  ## all tests but the slow ones
	@OMP_NUM_THREADS=1 LSAN_OPTIONS=suppressions=$(CURDIR)/cmake/lsan.supp TSAN_OPTIONS=suppressions=$(CURDIR)/cmake/tsan.supp MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=4294967296 ctest --test-dir $(BUILD) --parallel $(TEST_JOBS) --output-on-failure -LE slow $(CTEST_ARGS)

slow: build  ## the slow tests: those that train, minutes each
	@ctest --test-dir $(BUILD) --output-on-failure -L slow $(CTEST_ARGS)

levels: build  ## all tests of kernels, at each level of instructions
	@ctest --test-dir $(BUILD) --parallel $(TEST_JOBS) --output-on-failure -L levels

# Node's packages are installed beside the build from package-lock.json; the browser is Debian's.
test-page: build  ## the service's page in Chromium, with screenshots in build/page/screenshots
	@scripts/setup.sh page
	@mkdir -p build/page && cp tests/serve/page/package.json tests/serve/page/package-lock.json tests/serve/page/page_test.mjs build/page
	@cd build/page && npm ci --silent --no-audit --no-fund --ignore-scripts
	@node build/page/page_test.mjs $(BUILD)/bin/faceshot $(CURDIR) build/page/screenshots

bench: configure_demo  ## time the shipped network on this machine
	@cmake --build $(BUILD) --parallel $(JOBS) --target faceshot_cli
	@$(BUILD)/bin/faceshot bench

format:  ## format all sources (clang-format 14)
	@scripts/format.sh

lint: build  ## clang-tidy over src/ and apps/
	@scripts/lint.sh $(BUILD)

# A site with offline search, the only use of mkdocs: apt-get install mkdocs
site:  ## the documentation as a site, in build/site (needs mkdocs)
	@command -v mkdocs >/dev/null || { echo "site: install mkdocs (apt-get install mkdocs)" >&2; exit 1; }
	@mkdocs build --quiet --strict

clean:  ## remove all builds and the demo's pictures
	@rm -rf build
