#!/usr/bin/env bash
# Event files as TensorBoard sees them: written by a test program, read by protobuf's own decoder.
#   check_events.sh TEST_PROGRAM TEST CHECKER.py DIR
set -eu
python=/usr/bin/python3
"$python" -c "import google.protobuf, numpy" 2>/dev/null || {
  echo "SKIPPED: event files are NOT read back: Debian's python3-protobuf is missing"
  exit 77
}
"$1" --gtest_filter="$2" >/dev/null
"$python" "$3" "$4"
