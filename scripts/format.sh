#!/usr/bin/env bash
# Formats all C++ sources with clang-format 14 (another version formats differently).
#   scripts/format.sh           changes the files
#   scripts/format.sh --check   changes nothing; names the files that are not formatted, and fails.
#                               Exit status 77 if clang-format 14 is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

formatter=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$formatter" ] || ! "$formatter" --version | grep -q 'version 14\.'; then
  echo "format: clang-format 14 is not installed; on Debian: apt-get install clang-format-14" >&2
  exit 77
fi
mapfile -t sources < <(find include src apps tests bench examples \
                         \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' \) | sort)
if [ "${1:-}" = --check ]; then
  unformatted=$("$formatter" --dry-run "${sources[@]}" 2>&1 |
                sed -n 's/^\([^:]*\):.*-Wclang-format-violations.*/\1/p' | sort -u)
  [ -z "$unformatted" ] && exit 0
  echo "format: run scripts/format.sh; not formatted:" >&2
  echo "$unformatted" >&2
  exit 1
fi
"$formatter" -i "${sources[@]}"
