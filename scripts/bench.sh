#!/usr/bin/env bash
# Times the shipped network at the sizes and thread counts of docs/benchmarks.md. Run it on a quiet
# machine: OpenMP threads that compete with other work spin, and slow both down.
#   scripts/bench.sh [PROGRAM]     default: build/release/bin/faceshot
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=${1:-build/release/bin/faceshot}

for threads in 1 2; do
  [ "$threads" -le "$(nproc)" ] || continue
  for size in 320x240 320x320 640x480 640x640; do
    "$program" bench --size "$size" --threads "$threads"
  done
done
