# Sourced by the scripts here: test films, and what ffprobe reports about them.
fail() { echo "FAILED: $*"; exit 1; }

# A temporary folder, removed when the script ends.
enter_folder() {
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  cd "$folder"
  export XDG_CACHE_HOME=$folder/cache
}

# The output of `ffprobe -show_entries $2` for the file, one line each.
probe() { ffprobe -v error -of compact=p=0 -show_entries "$2" "${@:3}" "$1"; }
# Times of all displayed frames, in ticks, in display order.
times() {
  ffprobe -v error -select_streams v:0 -show_entries packet=pts,flags -of csv=p=0 "$1" | grep -v D | cut -d, -f1 | grep "[0-9]" | sort -n
}
# Each stream except the film: its codec, and a checksum of its packets.
others() { ffmpeg -v error -i "$1" -map 0 -map -0:V -c copy -f streamhash -hash md5 - 2>/dev/null | sort; }
seconds() { ffprobe -v error -show_entries format=duration -of csv=p=0 "$1"; }

# same_film IN OUT: size, format, colours, rotation, aspect, times and sound equal those of IN.
same_film() {
  local of_stream="stream=width,height,pix_fmt,sample_aspect_ratio,color_range,color_space,color_primaries,color_transfer,time_base,start_pts,r_frame_rate,field_order:stream_side_data=rotation"
  diff <(probe "$1" "$of_stream" -select_streams V:0) <(probe "$2" "$of_stream" -select_streams V:0) ||
    fail "$2: its frames are others than those of $1"
  diff <(times "$1") <(times "$2") >/dev/null || fail "$2: the times of frames are others than those of $1"
  diff <(others "$1") <(others "$2") || fail "$2: sound or subtitles are others than those of $1"
  diff <(probe "$1" stream=codec_type,codec_name:stream_tags=language -select_streams a) \
    <(probe "$2" stream=codec_type,codec_name:stream_tags=language -select_streams a) || fail "$2: sound"
  awk -v a="$(seconds "$1")" -v b="$(seconds "$2")" 'BEGIN {exit !(a - b < 0.03 && b - a < 0.03)}' ||
    fail "$2: lasts $(seconds "$2") s, not $(seconds "$1")"
}

# drawn_film FACES OUT SECONDS [OPTION...]: pans over a drawn picture with faces, with a tone.
drawn_film() {
  ffmpeg -v error -y -loop 1 -framerate 25 -t "$3" -i "$1/two.jpg" \
    -f lavfi -t "$3" -i "sine=frequency=440:sample_rate=44100" \
    -vf "scale=400:300,crop=320:240:x='40+38*sin(n/15)':y='30+28*cos(n/20)'" \
    -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac "${@:4}" "$2" </dev/null
}
