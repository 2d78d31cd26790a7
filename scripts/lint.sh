#!/usr/bin/env bash
# Runs clang-tidy over src/ and apps/ with the flags of a configured build.
#   scripts/lint.sh [BUILD_FOLDER [FILE...]]     default: build/release, all of its files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build/release}
shift || true

if ! command -v clang-tidy-14 >/dev/null; then
  echo "lint: clang-tidy 14 is not installed; on Debian: apt-get install clang-tidy-14" >&2
  exit 1
fi
if [ ! -f "$build/compile_commands.json" ]; then
  echo "lint: $build is not configured; run: cmake --preset release" >&2
  exit 1
fi
if [ $# -eq 0 ]; then
  mapfile -t files < <(sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' "$build/compile_commands.json" |
                       grep -E '/(src|apps)/' | sort -u)
  set -- "${files[@]}"
fi
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(scripts/jobs.sh)" clang-tidy-14 --quiet -p "$build" 2>/dev/null
