# A thin front to Meson and Ninja; what happens is in meson.build and in scripts/.
#
#   make demo                     installs what is missing, builds, shows
#   make test MESON_FLAGS=--werror
#                                 flags count when the build folder is made

BUILD = build
MESON_FLAGS =

.PHONY: help setup build demo test bench coverage fuzz clean

help:
	@echo 'make setup     install the Debian packages that are missing'
	@echo 'make build     make the command, $(BUILD)/tools/regnap, and the library'
	@echo 'make demo      a resume-order bug and a hole in a sleep: found, explained, fixed'
	@echo 'make test      run the test suite'
	@echo 'make bench     run the benchmarks'
	@echo 'make coverage  run the test programs with gcov; lib/ below 95 % of lines is an error'
	@echo 'make fuzz      half a minute of libFuzzer for every loader'
	@echo 'make clean     remove the build folders'

setup:
	@scripts/setup

$(BUILD)/build.ninja: | setup
	meson setup $(BUILD) --buildtype=release $(MESON_FLAGS)

build: setup $(BUILD)/build.ninja
	@ninja -C $(BUILD)

demo: build
	@REGNAP=$(BUILD)/tools/regnap scripts/demo

test: build
	meson test -C $(BUILD) --print-errorlogs

bench: build
	meson test -C $(BUILD) --benchmark --verbose

coverage:
	@scripts/setup --ci
	@scripts/coverage

fuzz:
	@scripts/setup --ci
	@scripts/fuzz

clean:
	rm -rf $(BUILD) build-ci build-cov build-fuzz
