#!/usr/bin/env bash
# A full disk while a set is prepared or exported: one line reports it and names the output, and no
# partial output is left.
#   full_disk.sh PROGRAM MAKE_TEST_IMAGES
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
"$maker" "$folder"
cd "$folder"
fail() { echo "FAILED: $1"; cat log; exit 1; }

# Photographs and annotations that are larger than the disk: 256 KB.
mkdir disk many
mount -t tmpfs -o size=256k tmpfs disk
for i in $(seq 400); do
  cp photos/cell.png "many/$i.png"
  for j in $(seq 40); do echo "$i.png,$j,1,$((j + 9)),9"; done
done >rows.csv
head -c 300000 /dev/zero >>many/1.png # after its end; alone larger than the disk
{ echo image,x1,y1,x2,y2; cat rows.csv; } >boxes.csv
prepare=(prepare csv --images many --annotations boxes.csv)
"$program" "${prepare[@]}" --out set >log 2>&1 || fail "the set"

# full NAME ARGUMENTS...: one line with the reason and the requested name; nothing is left
full() {
  local name=$1 status=0
  shift
  "$program" "$@" >/dev/null 2>log || status=$?
  [ "$status" = 1 ] || fail "$name: exit status $status"
  [ "$(wc -l <log)" = 1 ] || fail "$name: more than one line"
  grep -q "No space left on device" log || fail "$name: does not say why"
  grep -q "disk/out" log || fail "$name: does not say where"
  if grep -q preparing- log; then fail "$name: names a folder that is gone"; fi
  [ -z "$(ls -A disk)" ] || { ls disk; fail "$name: something was left"; }
}
full "prepare, copies" "${prepare[@]}" --link copy --out disk/out
full "prepare, hard links that become copies" "${prepare[@]}" --out disk/out
full "prepare, links alone" "${prepare[@]}" --link symlink --out disk/out
full "merge" prepare merge set --link symlink --out disk/out
for format in coco yolo voc labelme cvat; do
  full "export $format" data export set --format $format --link symlink --out disk/out
  full "export $format, copies" data export set --format $format --link copy --out disk/out
done
full "export npz" data export set --format npz --out disk/out.npz
echo "a full disk is told as such, and leaves nothing"
