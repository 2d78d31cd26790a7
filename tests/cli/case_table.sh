# For scripts that are tables of cases (sourced): a folder per case, a command, and the expected
# result. Needs PROGRAM and MAKE_TEST_IMAGES as the script's arguments; the photographs are 64 x 48.
set -u
program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$2" "$work" || { echo "the test's own files could not be made"; exit 1; }
png=$work/photos/cell.png jpg=$work/photos/cell.jpg
failed=0 rows=0

# begin NAME RIGHT: a new case, in an empty folder; RIGHT describes the expected result.
begin() {
  name=$1 right=$2
  mkdir "$work/$name" && cd "$work/$name" || exit 1
}

# put PATH...: photographs
put() {
  local path
  for path; do
    mkdir -p "$(dirname "$path")"
    case $path in *.jpg) cp "$jpg" "$path" ;; *) cp "$png" "$path" ;; esac
  done
}

# text PATH: a file from standard input
text() { mkdir -p "$(dirname "$1")" && cat >"$1"; }

# gives ROWS SAYS ARGUMENTS...: `prepare ARGUMENTS` creates the set ROWS: "SPLIT:IMAGE X1,Y1,X2,Y2
# CLASS", with "ignore" and "landmarks" where they apply, "none" for no box; sorted, joined by "; ".
# Its table (or, if it fails, with ROWS empty, its one line of error) contains each line of SAYS.
gives() {
  local wanted=$1 says=$2 status=0 found fault='' line
  shift 2
  "$program" prepare "$@" --out made >.out 2>.err </dev/null || status=$?
  found=$(cd made 2>/dev/null && awk -F, -v OFS=, '
    FNR == 1 { delete at; for (i = 1; i <= NF; ++i) at[$i] = i; split_name = FILENAME; sub(/\.csv$/, "", split_name); next }
    { line = split_name ":" $1
      if ($(at["x1"]) == "") line = line " none"
      else {
        line = line " " $(at["x1"]) "," $(at["y1"]) "," $(at["x2"]) "," $(at["y2"]) " " $(at["class"])
        if ($(at["ignore"]) == 1) line = line " ignore"
        if (at["nose_x"] && $(at["nose_x"]) != "") line = line " landmarks"
      }
      print line }' $(ls train.csv val.csv test.csv 2>/dev/null) </dev/null | LC_ALL=C sort | paste -sd';' | sed 's/;/; /g')
  [ "$found" = "$wanted" ] || fault="holds '$found' instead of '$wanted'"
  if [ -z "$wanted" ]; then
    [ "$status" -ne 0 ] && [ "$(wc -l <.err)" -eq 1 ] || fault="$fault; is not refused in one line"
  elif [ "$status" -ne 0 ]; then
    fault="$fault; exit status $status"
  fi
  while IFS= read -r line; do
    [ -z "$line" ] || grep -q -- "$line" .out .err || fault="$fault; does not say '$line'"
  done <<<"$says"
  rows=$((rows + 1))
  if [ -z "$fault" ]; then
    printf 'ok      %-24s %s\n' "$name" "$right"
  else
    failed=1
    printf 'FAILED  %-24s %s\n' "$name" "$right"
    echo "        $fault"
    sed 's/^/        /' .out .err
  fi
  cd "$work" || exit 1
}

# finish: prints the number of cases; the script's status
finish() {
  echo "$rows cases"
  exit "$failed"
}
