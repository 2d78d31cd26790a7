#!/usr/bin/env bash
# A full disk while a film is written: one line reports it and names the film, and no partial output
# is left.
#   full_disk.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2")
here=$(realpath "$(dirname "$0")")
if [ -z "${FACESHOT_OWN_MOUNTS:-}" ]; then
  unshare --mount --map-root-user true 2>/dev/null || {
    echo "SKIPPED: what a full disk does to films is NOT tested: this user may not mount file systems (unshare)"
    exit 77
  }
  FACESHOT_OWN_MOUNTS=1 exec unshare --mount --map-root-user "$here/full_disk.sh" "$faceshot" "$faces"
fi
source "$here/common.sh"
enter_folder
trap 'umount "$folder/disk" 2>/dev/null || true; rm -rf "$folder"' EXIT
mkdir disk
mount -t tmpfs -o size=64k tmpfs disk

# Noise cannot be compressed well: the output has megabytes.
ffmpeg -v error -loop 1 -framerate 25 -t 2 -i "$faces/two.jpg" -vf "noise=alls=60:allf=t" -c:v libx264 -preset ultrafast -pix_fmt yuv420p loud.mp4
drawn_film "$faces" small.mp4 0.2
mkdir many && cp loud.mp4 many/a.mp4 && cp loud.mp4 many/b.mp4

# full NAME ARGUMENTS...: one line with the reason and the film; nothing is left
full() {
  local name=$1 status=0
  shift
  "$faceshot" "$@" >/dev/null 2>log || status=$?
  [ "$status" = 1 ] || { cat log; fail "$name: exit status $status"; }
  [ "$(wc -l <log)" = 1 ] && grep -q "cannot write 'disk/.*No space left on device" log || { cat log; fail "$name: not one line that says it"; }
  [ -z "$(ls -A disk)" ] || { ls -la disk; fail "$name: something was left"; }
}
for command in video anonymize; do
  for kind in mp4 mkv avi; do full "$command, $kind" $command loud.mp4 --out disk/film.$kind; done
  full "$command, several" $command many --out disk
done
# Files written besides a film.
head -c 65536 /dev/zero >disk/ballast
for option in "video --tracks=disk/tracks.csv" "video --jsonl=disk/lines.jsonl" "anonymize --out hidden.mp4 --save-tracks disk/tracks.csv"; do
  status=0
  "$faceshot" ${option%% *} small.mp4 ${option#* } >/dev/null 2>log || status=$?
  [ "$status" = 1 ] && [ "$(wc -l <log)" = 1 ] && grep -q "cannot write 'disk/.*No space left on device" log || { cat log; fail "$option: $status"; }
  [ "$(ls -A disk)" = ballast ] || { ls -la disk; fail "$option: something was left"; }
done
rm disk/ballast
# Whatever fits is written, and the previous file stays until then.
"$faceshot" video small.mp4 --out disk/film.mp4 >/dev/null 2>log || { cat log; fail "a film that fits"; }
cp disk/film.mp4 before.mp4
status=0
"$faceshot" video loud.mp4 --out disk/film.mp4 >/dev/null 2>log || status=$?
[ "$status" = 1 ] && cmp disk/film.mp4 before.mp4 || fail "the film that was there before is gone"
echo "a full disk is told as such, and leaves nothing"
