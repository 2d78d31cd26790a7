#!/usr/bin/env bash
# Prints how many compilers to run at once: one per core, but no more than fit into memory at 1.5 GB
# each (for a file that includes LibTorch).
set -euo pipefail
cores=$(nproc)
by_memory=$(awk '/^MemAvailable:/ {print int($2 / 1572864)}' /proc/meminfo 2>/dev/null || true)
jobs=$cores
if [ -n "$by_memory" ] && [ "$by_memory" -lt "$jobs" ]; then jobs=$by_memory; fi
if [ "$jobs" -lt 1 ]; then jobs=1; fi
echo "$jobs"
