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
# What two films of the same content have in common, one line each: the picture's format, the times of displayed frames in ticks, and of each
# other stream its kind, codec, language and packets' checksums. One run of ffprobe, since starting it is what takes time.
facts() {
  ffprobe -v error -show_data_hash md5 -of compact -show_entries "packet=stream_index,pts,flags,data_hash:stream=index,codec_name,codec_type,width,height,pix_fmt,sample_aspect_ratio,color_range,color_space,color_primaries,color_transfer,time_base,start_pts,r_frame_rate,field_order:stream_disposition=attached_pic:stream_tags=language:stream_side_data=rotation:format=duration" "$1" |
    awk -F'|' '
      { delete at; for (i = 2; i <= NF; ++i) { p = index($i, "="); at[substr($i, 1, p - 1)] = substr($i, p + 1) } }
      $1 == "packet" {
        n = at["stream_index"]
        hashes[n] = hashes[n] " " at["data_hash"]
        if (at["flags"] !~ /D/ && at["pts"] ~ /[0-9]/) times[n] = times[n] " " at["pts"]
      }
      $1 == "format" { print "seconds", at["duration"] }
      $1 == "stream" {
        if (at["codec_type"] == "video" && at["disposition:attached_pic"] == 0) {
          if (film++) next
          line = $0
          sub(/index=[0-9]+\|codec_name=[^|]*\|/, "", line)
          sub(/\|tag:language=[^|]*/, "", line)
          print line
          count = split(times[at["index"]], pts, " ")
          for (i = 1; i <= count; ++i) print "time", pts[i]
        } else {
          print at["codec_type"], ++kinds[at["codec_type"]], at["codec_name"], at["tag:language"], hashes[at["index"]]
        }
      }' | sort -k1,1 -k2,2n
}

# same_film IN OUT: size, format, colours, rotation, aspect, times, sound, subtitles, pictures and their languages equal those of IN.
same_film() {
  facts "$1" >facts-in
  facts "$2" >facts-out
  diff <(grep -v ^seconds facts-in) <(grep -v ^seconds facts-out) >facts-differ || { cut -c1-200 facts-differ | head -20; fail "$2 differs from $1"; }
  grep -q "^stream|" facts-in && grep -q "^time" facts-in || fail "$1: nothing was compared"
  awk '/^seconds/ {s[FILENAME] = $2} END {d = s["facts-in"] - s["facts-out"]; exit !(d < 0.03 && d > -0.03)}' facts-in facts-out ||
    fail "$2: its duration differs from that of $1"
}

# drawn_film FACES OUT SECONDS [OPTION...]: pans over a drawn picture with faces, with a tone.
drawn_film() {
  ffmpeg -v error -y -loop 1 -framerate 25 -t "$3" -i "$1/two.jpg" \
    -f lavfi -t "$3" -i "sine=frequency=440:sample_rate=44100" \
    -vf "scale=400:300,crop=320:240:x='40+38*sin(n/15)':y='30+28*cos(n/20)'" \
    -c:v libx264 -preset veryfast -pix_fmt yuv420p -c:a aac "${@:4}" "$2" </dev/null
}
