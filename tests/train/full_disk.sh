#!/usr/bin/env bash
# A full disk, and a folder that becomes read-only, when a run saves: the error is reported, the
# previous checkpoint is intact, and the run continues from it once there is space.
#   full_disk.sh FACESHOT_TRAIN MAKE_NOISE_SET
set -eu
program=$(realpath "$1") maker=$(realpath "$2")
if [ -z "${FACESHOT_OWN_MOUNTS:-}" ]; then
  unshare --mount --map-root-user true 2>/dev/null || {
    echo "SKIPPED: what a full disk does is NOT tested: this user may not mount file systems (unshare)"
    exit 77
  }
  FACESHOT_OWN_MOUNTS=1 exec unshare --mount --map-root-user "$0" "$program" "$maker"
fi
folder=$(mktemp -d)
trap 'umount "$folder/disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
fail() { echo "FAILED: $1"; cat "$folder/log"; exit 1; }

"$maker" "$folder/data"
mkdir "$folder/disk"
mount -t tmpfs -o size=16m tmpfs "$folder/disk"

options=("$(dirname "$0")/../../configs/faceshot-nano.toml" "data.train=$folder/data/train.csv"
         data.val_fraction=0.2 train.batch_size=4 train.threads=1 train.validate_every=1
         train.validate_side=128 augment.size=64 augment.large_size=0 train.epochs=4)
"$program" train "${options[@]}" --out "$folder/whole" >"$folder/log" 2>&1 || fail "the whole run"

# A checkpoint takes 3 MB: last.pt, best.pt and a file per epoch soon fill 16.
status=0
"$program" train "${options[@]}" 'train.checkpoint={epochs=1, keep=0}' --out "$folder/disk/run" \
  >"$folder/log" 2>&1 || status=$?
[ "$status" = 1 ] || fail "a full disk gave status $status"
grep -q "No space left on device; last.pt is intact, from epoch .*: free some space, then continue with --resume" \
  "$folder/log" || fail "a full disk is not told as such"
[ "$(grep -c '^faceshot: ' "$folder/log")" = 1 ] || fail "more than one line for the error"
if ls "$folder/disk/run" | grep -q tmp; then fail "a temporary file was left"; fi

before=$(sha256sum <"$folder/disk/run/last.pt")
mount -o remount,ro "$folder/disk"
status=0
"$program" train --resume "$folder/disk/run" >"$folder/log" 2>&1 || status=$?
[ "$status" = 1 ] || fail "a read-only folder gave status $status"
grep -qi "read-only file system" "$folder/log" || fail "a read-only folder is not told as such"
mount -o remount,rw "$folder/disk"
[ "$before" = "$(sha256sum <"$folder/disk/run/last.pt")" ] || fail "last.pt changed"

mount -o remount,size=64m "$folder/disk"
"$program" train --resume "$folder/disk/run" >"$folder/log" 2>&1 || fail "it does not go on"
# All epochs except their speed: the same numbers as without a full disk.
numbers() { cut -d, -f1-4,7- "$1/metrics.csv"; }
[ "$(numbers "$folder/whole")" = "$(numbers "$folder/disk/run")" ] || fail "another end than the whole run's"
echo "a full disk and a read-only folder leave the checkpoint before whole"
