#!/usr/bin/env bash
# `faceshot video`: the output equals the input, except for boxes. Films made by ffmpeg, measured by
# ffprobe.
#   films.sh FACESHOT FACES
set -euo pipefail
faceshot=$(realpath "$1") faces=$(realpath "$2")
source "$(dirname "$0")/common.sh"
enter_folder

video() { "$faceshot" video --threads 2 "$@" >log 2>&1 || { cat log; fail "video $*"; }; }

drawn_film "$faces" plain.mp4 3
drawn_film "$faces" vfr.mp4 3 -vf "scale=400:300,crop=320:240,settb=1/600,setpts='N*20+7*mod(N,3)'" -vsync passthrough -enc_time_base 1:600 -video_track_timescale 600
ffmpeg -v error -i plain.mp4 -c copy -metadata:s:v rotate=90 rotated.mp4
drawn_film "$faces" ten.mp4 2 -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc
drawn_film "$faces" full.mp4 2 -pix_fmt yuvj420p
drawn_film "$faces" yuv444.mp4 2 -pix_fmt yuv444p
drawn_film "$faces" wide.mp4 2 -vf "scale=360:288,setsar=64/45"
drawn_film "$faces" ntsc.mp4 2 -vf "fps=30000/1001,scale=320:240"
drawn_film "$faces" broadcast.ts 2 -c:v mpeg2video -flags +ildct+ilme -top 1 -vf "scale=320:240,setfield=tff" -c:a mp2
ffmpeg -v error -i plain.mp4 -c:v libvpx -b:v 500k -deadline realtime -c:a libvorbis plain.webm
printf '1\n00:00:00,500 --> 00:00:01,500\nHello\n' >words.srt
ffmpeg -v error -i plain.mp4 -f lavfi -t 3 -i sine=frequency=880 -i words.srt -i "$faces/four.jpg" \
  -map 0:v -map 0:a -map 1:a -map 2 -map 3 -c:v:0 copy -c:a aac -c:s mov_text -c:v:1 mjpeg -disposition:v:1 attached_pic \
  -metadata:s:a:0 language=deu -metadata:s:a:1 language=fra -metadata title=Holiday -metadata location=+48.1+011.5/ rich.mp4
ffmpeg -v error -i rich.mp4 -map 0:v:0 -map 0:a -map 0:s -c copy -c:s srt rich.mkv
ffmpeg -v error -ss 1.3 -i plain.mp4 -t 1 -c copy cut.mp4 # starts between key frames: an edit list

for film in plain.mp4 vfr.mp4 rotated.mp4 ten.mp4 full.mp4 yuv444.mp4 wide.mp4 ntsc.mp4 rich.mp4 rich.mkv cut.mp4; do
  video "$film" --out "out-$film" --json=summary.json
  same_film "$film" "out-$film"
  grep -q '"tracks": 0' summary.json && fail "$film: no face found"
  grep -q '"warnings": \[\]' summary.json || { cat summary.json; fail "$film: warnings"; }
done
# Other containers round times in their own way, or need another codec.
video broadcast.ts --out out.ts
[ "$(times broadcast.ts | wc -l)" = "$(times out.ts | wc -l)" ] || fail "frames of a broadcast"
video plain.webm --out out.webm
diff <(times plain.webm) <(times out.webm) >/dev/null || fail "times of WebM"
[ "$(probe out.webm stream=codec_name -select_streams v)" = codec_name=vp9 ] || fail "WebM holds no VP9"
video plain.mp4 --out x265.mp4 --codec libx265 --codec-options preset=ultrafast
diff <(times plain.mp4) <(times x265.mp4) >/dev/null && [ "$(probe x265.mp4 stream=codec_name -select_streams v)" = codec_name=hevc ] || fail "x265"

# Tags, cover picture and languages are kept.
diff <(probe rich.mp4 format_tags=title,location:stream_tags=language:stream_disposition=attached_pic) \
  <(probe out-rich.mp4 format_tags=title,location:stream_tags=language:stream_disposition=attached_pic) || fail "tags"

# Boxes are where the faces are, drawn upright: there the frames differ from the input.
mean_difference() {  # FILM OTHER: of luma
  ffmpeg -v error -i "$1" -i "$2" -lavfi "[0:v][1:v]blend=all_mode=difference,signalstats,metadata=print:key=lavfi.signalstats.YMAX:file=-" -f null - 2>/dev/null |
    sed -n 's/.*YMAX=//p' | sort -n | tail -1
}
[ "$(mean_difference plain.mp4 out-plain.mp4)" -gt 100 ] || fail "no boxes"

# A part of a film starts at 0, with its sound.
video plain.mp4 --out part.mp4 --from 1 --to 0:02 --jsonl=part.jsonl
[ "$(wc -l <part.jsonl)" = 25 ] || fail "a second has $(wc -l <part.jsonl) frames"
head -1 part.jsonl | grep -q '"frame":1,"seconds":1.0,' || fail "the part's first line: $(head -1 part.jsonl)"
[ "$(times part.mp4 | head -1)" = 0 ] || fail "the part begins at $(times part.mp4 | head -1)"
awk -v s="$(ffprobe -v error -select_streams a -show_entries stream=duration -of csv=p=0 part.mp4)" 'BEGIN {exit !(s > 0.95 && s < 1.05)}' ||
  fail "the part's sound"

# One line per frame, one row per box; the same with one thread and with more.
for threads in 1 3; do
  "$faceshot" video plain.mp4 --threads $threads --jsonl=lines-$threads --tracks=rows-$threads >/dev/null
done
cmp lines-1 lines-3 || fail "threads change lines"
cmp rows-1 rows-3 || fail "threads change tracks"
[ "$(wc -l <lines-1)" = 75 ] || fail "$(wc -l <lines-1) lines"
[ "$(grep -o '"id":' lines-1 | wc -l)" = "$(wc -l <rows-1)" ] || fail "as many faces as rows"
[ "$(cut -d, -f2 rows-1 | sort -u | wc -l)" = 2 ] || fail "two faces, $(cut -d, -f2 rows-1 | sort -u | wc -l) tracks"
"$faceshot" video plain.mp4 --tracks >stdout && cmp stdout rows-1 || fail "tracks on standard output"
"$faceshot" video plain.mp4 --detect-every 5 --tracks=every-5 --json | grep -q '"looked_at": 15' || fail "every fifth frame"
awk -v a="$(wc -l <every-5)" -v b="$(wc -l <rows-1)" 'BEGIN {exit !(a > 0.9 * b)}' || fail "too little between looks"

# Several films, a folder.
mkdir many && cp plain.mp4 many/a.mp4 && cp ntsc.mp4 many/b.mp4 && echo no >many/c.txt
video many --out annotated --tracks=csv --jsonl=all.jsonl
[ -f annotated/a.mp4 ] && [ -f annotated/b.mp4 ] && [ -f csv/a.csv ] && [ -f csv/b.csv ] || fail "a folder: $(ls annotated csv)"

# Bad input: one line, and a non-zero status.
bad() {  # STATUS WORDS ARGUMENTS...
  local status=0
  "$faceshot" video "${@:3}" >/dev/null 2>log || status=$?
  [ "$status" = "$1" ] && [ "$(wc -l <log)" = 1 ] && grep -q -- "$2" log || { cat log; fail "$status for video ${*:3}"; }
}
bad 1 "not a readable film" words.srt --json
bad 1 "there is no file" nothing.mp4 --json
bad 2 "nothing to write" plain.mp4
bad 2 "extension of a film" plain.mp4 --out here.xyz/film.xyz
bad 2 "is one of the inputs" plain.mp4 --out ./plain.mp4
bad 2 "did you mean 'libx264'" plain.mp4 --out o.mp4 --codec libx246
bad 2 "has no option 'prest'" plain.mp4 --out o.mp4 --codec-options prest=slow
bad 2 "not a valid time" plain.mp4 --json --from 1h
bad 2 "there is nothing after" plain.mp4 --json --from 1:00
bad 2 "after --from" plain.mp4 --json --from 2 --to 1
bad 2 "faceshot detect" "$faces/two.jpg" --json
bad 2 "only one of" plain.mp4 --json --jsonl
ffmpeg -v error -i plain.mp4 -c:v copy -c:a pcm_s16le pcm.mov
bad 1 "cannot hold the film's sound" pcm.mov --out pcm.mp4
bad 1 "cannot store a film's rotation" rotated.mp4 --out rotated.mkv
[ ! -e o.mp4 ] && [ ! -e pcm.mp4 ] || fail "something was left"
echo "films are what they were"
