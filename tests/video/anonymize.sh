#!/usr/bin/env bash
# `faceshot anonymize`: faces are hidden in every frame, and nothing else tells of them.
#   anonymize.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2")
source "$(dirname "$0")/common.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export XDG_CACHE_HOME=$folder/cache

hide() { "$faceshot" anonymize --threads 2 "$@" >log 2>&1 || { cat log; fail "anonymize $*"; }; }
faces_in() { "$faceshot" video "$1" --tracks --threads 2 | wc -l; }

drawn_film "$faces" plain.mp4 3 -metadata title=Holiday -metadata location=+48.1+011.5/ -metadata:s:v title=Anna
printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Anna arrives\n' >chapters
ffmpeg -v error -i plain.mp4 -i chapters -i "$faces/four.jpg" -map 0 -map 2 -map_metadata 0 -map_chapters 1 -c copy \
  -c:v:1 mjpeg -disposition:v:1 attached_pic -metadata:s:a language=deu rich.mp4
ffmpeg -v error -i plain.mp4 -c copy -metadata:s:v rotate=90 rotated.mp4
drawn_film "$faces" ten.mp4 2 -pix_fmt yuv420p10le
[ "$(faces_in plain.mp4)" -gt 100 ] || fail "no faces to hide"

# Hidden in every frame; times, sound, rotation and format stay.
for style in blur pixelate solid image:"$faces/three.jpg"; do
  hide plain.mp4 --out hidden.mp4 --style "$style"
  same_film plain.mp4 hidden.mp4
  case $style in image*) continue ;; esac  # those are faces
  [ "$(faces_in hidden.mp4)" -lt 3 ] || fail "$style: faces are found"
done
hide rotated.mp4 --out hidden-rotated.mp4
same_film rotated.mp4 hidden-rotated.mp4
hide ten.mp4 --out hidden-ten.mp4 --shape box
same_film ten.mp4 hidden-ten.mp4
[ "$(faces_in hidden-ten.mp4)" -lt 3 ] || fail "10 bits: faces are found"

# What may tell of people and places is gone, unless it is to stay.
hide rich.mp4 --out bare.mp4
for word in Holiday Anna +48.1; do ! grep -aq -- "$word" bare.mp4 || fail "$word is still there"; done
[ "$(probe bare.mp4 stream=codec_type | tr '\n' ' ')" = "codec_type=video codec_type=audio " ] || fail "streams: $(probe bare.mp4 stream=codec_type)"
[ "$(probe bare.mp4 stream_tags=language -select_streams a)" = tag:language=deu ] || fail "the sound's language"
grep -q "left out: the cover picture" log || fail "not said that the cover is gone"
hide rich.mp4 --out kept.mp4 --keep-metadata
[ "$(probe kept.mp4 format_tags=title,location)" = "$(probe rich.mp4 format_tags=title,location)" ] || fail "tags are gone"
[ "$(probe kept.mp4 stream=codec_type | wc -l)" = "$(probe rich.mp4 stream=codec_type | wc -l)" ] || fail "streams are gone"

# Tracks out, corrected by hand, and in again; one left visible.
hide plain.mp4 --out a.mp4 --save-tracks tracks.csv --json=report.json
grep -q '"faces": 2' report.json || { cat report.json; fail "two faces"; }
grep -v '^[0-9]*,2,' tracks.csv >edited.csv
hide plain.mp4 --out b.mp4 --tracks edited.csv
hide plain.mp4 --out c.mp4 --show-track 2
hide plain.mp4 --out d.mp4 --tracks tracks.csv --show-track 2
[ "$(faces_in b.mp4)" -gt 40 ] || fail "track 2 is hidden though it is not in the file"
checksum() { ffmpeg -v error -i "$1" -map 0:v -f md5 -; }
[ "$(checksum b.mp4)" = "$(checksum d.mp4)" ] || fail "--show-track is not as if it were not in the file"
[ "$(checksum b.mp4)" = "$(checksum c.mp4)" ] || fail "--show-track hides another"
[ "$(checksum a.mp4)" != "$(checksum c.mp4)" ] || fail "nothing was shown"

# Films and photographs mixed, in folders.
mkdir -p mixed/more && cp plain.mp4 mixed/ && cp "$faces/two.jpg" mixed/ && cp "$faces/three.jpg" mixed/more/ && echo x >mixed/more/notes.txt
hide mixed "$faces/four.jpg" --out out --review sheet.png --json=report.json
for file in plain.mp4 two.jpg more/three.jpg four.jpg; do [ -f "out/$file" ] || fail "out/$file is missing"; done
[ "$("$faceshot" detect out --csv | grep -c ',face')" = 0 ] || fail "faces are found in photographs"
[ "$("$faceshot" detect mixed --csv | grep -c ',face')" = 5 ] || fail "there were none to hide"

bad() {  # STATUS WORDS ARGUMENTS...
  local status=0
  "$faceshot" anonymize "${@:3}" >/dev/null 2>log || status=$?
  [ "$status" = "$1" ] && [ "$(wc -l <log)" = 1 ] && grep -q -- "$2" log || { cat log; fail "$status for anonymize ${*:3}"; }
}
bad 2 "is one of the inputs" plain.mp4 --out plain.mp4
bad 2 "is one of the inputs" mixed --out mixed
bad 2 "--style 'blurr' is none" plain.mp4 --out o.mp4 --style blurr
bad 1 "no such file\|cannot be read\|there is no\|No such file" plain.mp4 --out o.mp4 --style image:nothing.png
bad 2 "goes with one film" mixed --out o --tracks edited.csv
bad 2 "goes with one film" mixed --out o --show-track 2
printf '1,1,2,3\n' >broken.csv
bad 1 "broken.csv:1" plain.mp4 --out o.mp4 --tracks broken.csv
[ ! -e o.mp4 ] || fail "something was left"
echo "hidden, and nothing else tells"
