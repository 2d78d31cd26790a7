#!/usr/bin/env bash
# Truncated films, and a killed program: whatever can be read is read, and remaining files are
# complete.
#   damage.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2")
source "$(dirname "$0")/common.sh"
enter_folder
drawn_film "$faces" film.mkv 4 -g 12
drawn_film "$faces" front.mp4 4 -g 12 -movflags faststart
drawn_film "$faces" back.mp4 4
drawn_film "$faces" film.ts 4 -g 12

# Truncated files are read as far as possible, and that is reported.
for film in film.mkv front.mp4 film.ts; do
  head -c $(($(stat -c %s $film) * 6 / 10)) $film >cut-$film
  "$faceshot" video cut-$film --out out-$film --json=summary.json >/dev/null 2>log || { cat log; fail "cut-$film"; }
  frames=$(times out-$film | wc -l)
  [ "$frames" -gt 30 ] && [ "$frames" -lt 100 ] || fail "cut-$film: $frames frames"
  ffmpeg -v error -i out-$film -f null - 2>decoded && [ ! -s decoded ] || { cat decoded; fail "out-$film does not play"; }
  [ $film = film.ts ] || grep -q "warning: .*cut-$film" log || { cat log; fail "cut-$film: not said"; }
done
# Without its index there is nothing to read.
head -c $(($(stat -c %s back.mp4) * 6 / 10)) back.mp4 >cut-back.mp4
status=0
"$faceshot" video cut-back.mp4 --json >/dev/null 2>log || status=$?
[ $status = 1 ] && [ "$(wc -l <log)" = 1 ] && grep -q "truncated before its index" log || { cat log; fail "no index"; }
# One bad film does not stop the others.
mkdir many && cp front.mp4 many/a.mp4 && cp cut-back.mp4 many/b.mp4
status=0
"$faceshot" video many --out done >/dev/null 2>log || status=$?
[ $status = 1 ] && [ -f done/a.mp4 ] && [ ! -e done/b.mp4 ] || fail "one bad film of two"

# Killed at any moment: no file, or a playable film, and nothing else.
for pause in 0.1 0.3 0.6 0.9 1.3 2; do
  for command in video anonymize; do
    mkdir -p killed
    "$faceshot" $command front.mp4 --out killed/out.mp4 >/dev/null 2>&1 &
    child=$!
    sleep $pause
    kill -9 $child 2>/dev/null || true
    wait $child 2>/dev/null || true
    for left in $(ls -A killed); do
      [ "$left" = out.mp4 ] || { case $left in out.mp4.tmp-*) ;; *) fail "left: $left" ;; esac; echo "(this file system keeps temporary files)"; }
    done
    if [ -f killed/out.mp4 ]; then
      [ "$(times killed/out.mp4 | wc -l)" = 100 ] || fail "killed: half a film is there"
      ffmpeg -v error -i killed/out.mp4 -f null - 2>decoded && [ ! -s decoded ] || fail "killed: it does not play"
    fi
    rm -rf killed
  done
done
echo "what is there is whole"
