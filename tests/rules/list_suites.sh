#!/usr/bin/env bash
# How ctest treats a suite that passes, fails or is skipped, completely or partly
# (cmake/ListSuites.cmake): a program that only prints replaces GoogleTest's.
#   list_suites.sh LISTSUITES.cmake
set -euo pipefail
list_suites=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >program <<'END'
#!/bin/sh
summary() { printf '[==========] 2 tests from 1 test suite ran. (0 ms total)\n'; }
skipped() { printf '[  SKIPPED ] %s test, listed below:\n[  SKIPPED ] Suite.Case\n' $1; }
failed() { printf '[  FAILED  ] %s test, listed below:\n[  FAILED  ] Suite.Case\n\n %s FAILED TEST\n' $1 $1; exit 1; }
case $1 in
  --gtest_list_tests) printf 'Passes.\n  A\nFails.\n  A\nSkips.\n  A\nSkipsAndFails.\n  A\n  B\nSkipsAndPasses.\n  A\n  B\n' ;;
  *=Passes.*) summary; echo '[  PASSED  ] 2 tests.' ;;
  *=Fails.*) summary; echo '[  PASSED  ] 0 tests.'; failed 2 ;;
  *=Skips.*) summary; echo '[  PASSED  ] 0 tests.'; skipped 2 ;;
  *=SkipsAndFails.*) summary; echo '[  PASSED  ] 0 tests.'; skipped 1; failed 1 ;;
  *=SkipsAndPasses.*) summary; echo '[  PASSED  ] 1 test.'; skipped 1 ;;
esac
END
chmod +x program
cmake -D PROGRAM="$folder/program" -D EMULATOR= -D PREFIX=it. -D LABEL=fast -D COST=0 -D OUT="$folder/CTestTestfile.cmake" -P "$list_suites"
ctest >log 2>&1 || true
expect() {  # NAME OUTCOME
  grep -qE "Test +#[0-9]+: it\.$1 \.+ *(\*\*\*)?$2 " log || { cat log; echo "FAILED: it.$1 is not $2" >&2; exit 1; }
}
expect Passes Passed
expect Fails Failed
expect Skips Skipped
expect SkipsAndFails Failed
expect SkipsAndPasses Failed
echo "each outcome is told"
