#!/usr/bin/env bash
# faceshot itself starts fast and deploys anywhere: it needs few libraries, none of those of its
# other programs. It runs those with all arguments.
#   programs.sh FACESHOT
set -euo pipefail
faceshot=$1
fail() { echo "FAILED: $*"; exit 1; }

libraries=$(ldd "$faceshot" | wc -l)
[ "$libraries" -lt 40 ] || fail "$libraries libraries"
for name in opencv blas matio hdf5 torch avcodec; do
  ! ldd "$faceshot" | grep -q "lib[a-z_]*$name" || fail "it links $name"
done

for arguments in --help --version models "bench --size 64x64 --threads 1 --seconds 0.01" "detect --help"; do
  ! message=$("$faceshot" $arguments 2>&1 >/dev/full) || fail "$arguments: a full disk is a success"
  [ "$(wc -l <<<"$message")" = 1 ] || fail "$arguments: not one line: $message"
done

alone=$(mktemp -d)
trap 'rm -rf "$alone"' EXIT
cp "$faceshot" "$alone/faceshot"
for subcommand in inspect detect bench; do
  PATH=/nowhere "$alone/faceshot" $subcommand --help >/dev/null || fail "$subcommand needs another program"
done
! message=$(PATH=/nowhere "$alone/faceshot" prepare auto . 2>&1) || fail "prepares without faceshot-data"
case $message in
  *faceshot-data*"which was not found; \`make data\` builds it"*) ;;
  *) fail "not said what is missing: $message" ;;
esac
printf '#!/bin/sh\necho "$0" "$@"\n' >"$alone/faceshot-data"
chmod +x "$alone/faceshot-data"
[ "$("$alone/faceshot" prepare auto "a b" --dry-run | sed 's/.*prepare/prepare/')" = "prepare auto a b --dry-run" ] ||
  fail "arguments are lost"
echo "$libraries libraries"
