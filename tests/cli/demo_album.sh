#!/usr/bin/env bash
# The photographs of `make demo`, processed as it does: the number of faces that the shipped network
# finds in each.
#   demo_album.sh PROGRAM MODEL PHOTOGRAPHS_SCRIPT FOLDER_TO_FETCH_INTO
set -u
program=$1
model=$2
fetch=$3
photos=$4

if ! "$fetch" "$photos" >/dev/null 2>&1; then
  echo "SKIPPED: the shipped network is NOT tested on the demo's photographs: Debian's kphotoalbum cannot be fetched"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$program" detect "$photos" --model "$model" --turns 4 --precision fp32 --no-annotate --csv="$work/faces.csv" \
  >/dev/null || exit 1

# Minimum and maximum: people in the background, or cut by the border, may be found or not.
failed=0
while read -r photo least most what; do
  case $photo in '#'* | '') continue ;; esac
  found=$(awk -F, -v name="/$photo.jpg" 'substr($1, length($1) - length(name) + 1) == name && $4 != ""' \
    "$work/faces.csv" | wc -l)
  if [ "$found" -lt "$least" ] || [ "$found" -gt "$most" ]; then
    echo "FAILED: $photo.jpg ($what): $found faces, not $least to $most"
    failed=1
  fi
done <<'TABLE'
anne_helene     1 1  a woman on a beach
bar55           2 8  two in front, others behind them
bar55_2         2 2  two whose heads touch
blackie         0 0  an aquarium
cold_water      1 3  one in front, two far behind
donna           0 0  a black dog in a wood
donna_2         0 0  a dog near by
grand_canyon_1  2 2  two, upside down
grand_canyon_2  1 1  one with a cap
grand_canyon_3  0 0  rocks
jesper          1 1  a face that fills the picture
jesper_2        1 1  a face
new_wave_1      1 1  one lying
new_wave_2      1 3  one in front of posters
pool            1 2  one near, one far
pool_2          1 1  on its side, in the dark
qt-logo         3 3  three, with tattooed arms
skagen          0 0  the sea
skagen_2        0 0  a coast from above
snow            0 0  an airport
spiff           0 0  a rabbit
spiff_2         0 0  a rabbit in a box
sunset          0 0  a sunset
wayne           2 2  on its side: two
TABLE
exit $failed
