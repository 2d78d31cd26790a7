#!/usr/bin/env bash
# Checks that the reference page of augmentation operations matches the program.
#   check_reference.sh PROGRAM PAGE
set -eu
if ! diff <("$1" augment ops --markdown) "$2"; then
  echo "out of date; write it again: faceshot augment ops --markdown > docs/augmentation-ops.md"
  exit 1
fi
