#!/usr/bin/env bash
# Real clips, and variants made by ffmpeg: rotated, with uneven times, cut, of 10 bits, with two
# sound tracks.
#   shared_films.sh FACESHOT SHARED_DATA
set -euo pipefail
faceshot=$(realpath "$1") clips=$2/data/videos
source "$(dirname "$0")/common.sh"
ls "$clips"/*.mp4 >/dev/null 2>&1 || {
  echo "SKIPPED: real clips are NOT tested: there are none in $clips (FACESHOT_SHARED_DATA)"
  exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
number=0
for clip in "$clips"/*.mp4; do
  number=$((number + 1))
  own=$folder/$number
  mkdir -p "$own"
  cp "$clip" "$own/plain.mp4"
  ffmpeg -v error -i "$clip" -map 0 -c copy -metadata:s:v rotate=90 "$own/rotated.mp4"
  ffmpeg -v error -i "$clip" -t 4 -vf "settb=1/90000,setpts='PTS+mod(N,3)*500'" -vsync passthrough -enc_time_base 1:90000 -video_track_timescale 90000 \
    -c:v libx264 -preset ultrafast -c:a copy "$own/uneven.mp4"
  ffmpeg -v error -ss 1.234 -i "$clip" -t 2 -c copy "$own/cut.mp4"
  ffmpeg -v error -i "$clip" -t 3 -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -c:a copy "$own/ten.mp4"
  ffmpeg -v error -i "$clip" -f lavfi -t 4 -i sine -map 0:v -map 0:a -map 1:a -t 4 -c:v copy -c:a:0 copy -c:a:1 aac "$own/two.mp4"
  for film in plain rotated uneven cut ten two; do
    for command in video anonymize; do
      "$faceshot" $command "$own/$film.mp4" --out "$own/$command-$film.mp4" >"$folder/log" 2>&1 || { cat "$folder/log"; fail "$command $clip $film"; }
      same_film "$own/$film.mp4" "$own/$command-$film.mp4"
    done
  done
done
echo "real clips are what they were"
