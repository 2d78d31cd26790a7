#!/usr/bin/env bash
# `faceshot anonymize`: faces are hidden in every frame, and no other data reveal them.
#   anonymize.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2")
source "$(dirname "$0")/common.sh"
enter_folder

hide() { "$faceshot" anonymize --threads 2 "$@" >log 2>&1 || { cat log; fail "anonymize $*"; }; }
# The brightest pixel of a face's inner half. A head without its face is still detected, so hidden
# areas are checked at the faces' positions, not by detecting again. FILE FRAME X1 Y1 X2 Y2
brightest() {
  ffmpeg -nostdin -v error -i "$1" -vf "select=eq(n\\,$2),format=yuv444p,crop=$(awk -v x="$3" -v y="$4" -v r="$5" -v b="$6" \
    'BEGIN {x1 = x + (r - x) / 4; y1 = y + (b - y) / 4; if (x1 < 0) x1 = 0; if (y1 < 0) y1 = 0
            x2 = r - (r - x) / 4; y2 = b - (b - y) / 4; if (x2 > 319) x2 = 319; if (y2 > 239) y2 = 239
            if (x2 - x1 < 4 || y2 - y1 < 4) {x1 = x2 - 4; y1 = y2 - 4}
            printf "%d:%d:%d:%d", x2 - x1, y2 - y1, x1, y1}'),signalstats,metadata=print:key=lavfi.signalstats.YMAX:file=-" -f null - |
    sed -n 's/.*YMAX=//p' | sort -n | tail -1
}
# all_black FILM TRACKS: every face in these tracks is black in the film.
all_black() {
  local seen=0 frame id x y w h rest
  while IFS=, read -r frame id x y w h rest; do
    [ $((frame % 9)) = 4 ] || continue
    seen=$((seen + 1))
    local most
    most=$(brightest "$1" $((frame - 1)) "$x" "$y" "$(awk "BEGIN {print $x + $w}")" "$(awk "BEGIN {print $y + $h}")")
    [ "$most" -lt 45 ] || fail "$1: frame $frame shows a face at $x,$y, up to $most"
  done <"$2"
  [ $seen -gt 5 ] || fail "$2: no tracks"
}
faces_in() { "$faceshot" video "$1" --tracks --threads 2 | wc -l; }

drawn_film "$faces" plain.mp4 3 -metadata title=Holiday -metadata location=+48.1+011.5/ -metadata:s:v title=Anna
printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=Anna arrives\n' >chapters
ffmpeg -v error -i plain.mp4 -i chapters -i "$faces/four.jpg" -map 0 -map 2 -map_metadata 0 -map_chapters 1 -c copy \
  -c:v:1 mjpeg -disposition:v:1 attached_pic -metadata:s:a language=deu rich.mp4
ffmpeg -v error -i plain.mp4 -c copy -metadata:s:v rotate=90 rotated.mp4
drawn_film "$faces" ten.mp4 2 -pix_fmt yuv420p10le
"$faceshot" video plain.mp4 --tracks=found.csv >/dev/null
"$faceshot" video ten.mp4 --tracks=found-ten.csv >/dev/null

# Hidden in every frame; times, sound, rotation and format are kept.
for style in blur pixelate solid image:"$faces/three.jpg"; do
  hide plain.mp4 --out hidden.mp4 --style "$style"
  same_film plain.mp4 hidden.mp4
  # hide_faces_test.cpp checks what is left of blurred faces.
  [ "$style" != solid ] || all_black hidden.mp4 found.csv
done
hide rotated.mp4 --out hidden-rotated.mp4
same_film rotated.mp4 hidden-rotated.mp4
hide ten.mp4 --out hidden-ten.mp4 --shape box --style solid
same_film ten.mp4 hidden-ten.mp4
all_black hidden-ten.mp4 found-ten.csv

# Data about people and places are removed, unless they are to be kept.
hide rich.mp4 --out bare.mp4
for word in Holiday Anna +48.1; do ! grep -aq -- "$word" bare.mp4 || fail "$word is still there"; done
[ "$(probe bare.mp4 stream=codec_type | tr '\n' ' ')" = "codec_type=video codec_type=audio " ] || fail "streams: $(probe bare.mp4 stream=codec_type)"
[ "$(probe bare.mp4 stream_tags=language -select_streams a)" = tag:language=deu ] || fail "the sound's language"
grep -q "left out: the cover art" log || fail "not said that the cover is gone"
hide rich.mp4 --out kept.mp4 --keep-metadata
[ "$(probe kept.mp4 format_tags=title,location)" = "$(probe rich.mp4 format_tags=title,location)" ] || fail "tags are gone"
[ "$(probe kept.mp4 stream=codec_type | wc -l)" = "$(probe rich.mp4 stream=codec_type | wc -l)" ] || fail "streams are gone"

# Tracks out, corrected by hand, and in again; one left visible.
hide plain.mp4 --out a.mp4 --save-tracks tracks.csv --json=report.json
grep -q '"faces": 2' report.json || { cat report.json; fail "two faces"; }
grep -v '^[0-9]*,2,' tracks.csv >edited.csv
# Lossless: x264 on several threads does not produce the same bits each time.
hide plain.mp4 --out b.mkv --codec ffv1 --tracks edited.csv
hide plain.mp4 --out c.mp4 --show-track 2
hide plain.mp4 --out d.mkv --codec ffv1 --tracks tracks.csv --show-track 2
[ "$(faces_in b.mkv)" -gt 40 ] || fail "track 2 is hidden though it is not in the file"
checksum() { ffmpeg -v error -i "$1" -map 0:v -f md5 -; }
[ "$(checksum b.mkv)" = "$(checksum d.mkv)" ] || fail "--show-track is not as if it were not in the file"
# Coordinates in the file have two decimals.
alike=$(ffmpeg -nostdin -i b.mkv -i c.mp4 -lavfi psnr -f null - 2>&1 | sed -n 's/.*PSNR.*average:\([0-9a-z]*\).*/\1/p')
[ "$alike" = inf ] || [ "$alike" -gt 35 ] || fail "--show-track hides another: $alike dB"
[ "$(checksum a.mp4)" != "$(checksum c.mp4)" ] || fail "nothing was shown"

# Films and photographs mixed, in folders.
mkdir -p mixed/more && cp plain.mp4 mixed/ && cp "$faces/two.jpg" mixed/ && cp "$faces/three.jpg" mixed/more/ && echo x >mixed/more/notes.txt
hide mixed "$faces/four.jpg" --out out --style solid --shape box --review sheet.png --json=report.json
for file in plain.mp4 two.jpg more/three.jpg four.jpg; do [ -f "out/$file" ] || fail "out/$file is missing"; done
grep -v '^#' "$faces/faces.txt" >known
while read -r file x1 y1 x2 y2; do
  [ "$file" = three.jpg ] && file=more/three.jpg
  [ "$(brightest "out/$file" 0 "$x1" "$y1" "$x2" "$y2")" -lt 45 ] || fail "out/$file shows the face at $x1,$y1"
done <known
all_black out/plain.mp4 found.csv

# A photograph whose EXIF contains it again as a thumbnail: an APP1 segment of a TIFF header, an
# empty first directory and a second one with the thumbnail's position and length.
be16() { printf "\\$(printf %03o $(($1 >> 8)))\\$(printf %03o $(($1 & 255)))"; }
be32() { be16 $(($1 >> 16)) && be16 $(($1 & 65535)); }
ffmpeg -nostdin -v error -i "$faces/four.jpg" -vf scale=160:-2 thumb.jpg
length=$(wc -c <thumb.jpg)
tiff=$((8 + 6 + 2 + 2 * 12 + 4))
{
  printf '\377\330\377\341' && be16 $((2 + 6 + tiff + length)) && printf 'Exif\0\0MM\0*' && be32 8
  be16 0 && be32 14 && be16 2
  be16 513 && be16 4 && be32 1 && be32 $tiff && be16 514 && be16 4 && be32 1 && be32 "$length" && be32 0
  cat thumb.jpg
  tail -c +3 "$faces/four.jpg"
} >with_thumbnail.jpg
# Number of JPEGs in a file.
pictures() { LC_ALL=C grep -a -o -b -P '\xff\xd8\xff' "$1" | wc -l; }
[ "$(pictures with_thumbnail.jpg)" = 2 ] || fail "the thumbnail is not there"
for keep in "" --keep-metadata; do
  hide with_thumbnail.jpg --out one.jpg --style solid $keep
  [ "$(pictures one.jpg)" = 1 ] || fail "a thumbnail is left $keep"
done

# A photograph is processed only once, so faces down to three fifths of the network's threshold are
# hidden; with
# --threshold down to that. Blurred heads score between the two.
mkdir blurred
for sigma in 1 2 3 4 5; do
  for name in two three four; do ffmpeg -nostdin -v error -i "$faces/$name.jpg" -vf "gblur=sigma=$sigma" blurred/$name-$sigma.png; done
done
own=$("$faceshot" inspect | sed -n 's/.*score threshold \([0-9.]*\).*/\1/p')
scored() { "$faceshot" detect blurred --threshold "$1" --max-side 1280 --json=found.json >/dev/null && grep -c '"score"' found.json; }
hidden() { hide blurred --out out-blurred --json=report.json "$@" && sed -n 's/.*"faces": //p' report.json | awk '{n += $1} END {print n}'; }
low=$(scored "$(awk "BEGIN {print 0.6 * $own}")") high=$(scored "$own")
[ "$low" -gt "$high" ] || fail "no blurred head that tells: $low and $high"
[ "$(hidden)" = "$low" ] || fail "$(hidden) faces hidden by default, $low wanted"
[ "$(hidden --threshold "$own")" = "$high" ] || fail "$(hidden --threshold "$own") faces hidden from the network's score on, $high wanted"

# Of an animation only one picture is written, and that is reported; not for a still picture.
mkdir moving still
for kind in gif apng webp; do
  ffmpeg -nostdin -v error -loop 1 -t 1 -i "$faces/four.jpg" -vf fps=3,scale=64:48,hue=h=n*40 -f $kind moving/$kind.${kind/apng/png}
  ffmpeg -nostdin -v error -i "$faces/four.jpg" -frames:v 1 -vf scale=64:48 still/$kind.${kind/apng/png}
done
hide moving still --out frames
for name in gif.gif apng.png webp.webp; do
  grep -q "moving/$name' is an animation; only its first frame is written" log || { cat log; fail "$name: not said"; }
done
! grep -q "still/" <(grep animation log) || { cat log; fail "a still picture called an animation"; }

bad() {  # STATUS WORDS ARGUMENTS...
  local status=0
  "$faceshot" anonymize "${@:3}" >/dev/null 2>log || status=$?
  [ "$status" = "$1" ] && [ "$(wc -l <log)" = 1 ] && grep -q -- "$2" log || { cat log; fail "$status for anonymize ${*:3}"; }
}
bad 2 "is one of the inputs" plain.mp4 --out plain.mp4
bad 2 "is one of the inputs" mixed --out mixed
bad 2 "--style 'blurr' is unknown" plain.mp4 --out o.mp4 --style blurr
bad 1 "no such file\|cannot be read\|there is no\|No such file" plain.mp4 --out o.mp4 --style image:nothing.png
bad 2 "applies to a single film" mixed --out o --tracks edited.csv
bad 2 "applies to a single film" mixed --out o --show-track 2
printf '1,1,2,3\n' >broken.csv
bad 1 "broken.csv:1" plain.mp4 --out o.mp4 --tracks broken.csv
printf 'a,b\n' >other.csv
bad 1 "other.csv:1" plain.mp4 --out o.mp4 --tracks other.csv
printf 'frame,id,left,top,width,height\n' >none.csv
bad 1 "holds no tracks" plain.mp4 --out o.mp4 --tracks none.csv
# Output that cannot be written ends the run: one line, not one per photograph.
mkdir -p blocked/two.jpg blocked/four.jpg
bad 1 "cannot write 'blocked/" "$faces/two.jpg" "$faces/four.jpg" --out blocked
[ ! -e o.mp4 ] || fail "something was left"
echo "hidden, and nothing else tells"
