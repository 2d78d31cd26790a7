#!/usr/bin/env bash
# Bash completion, and the man page.
#   shell.sh PROGRAM SCRIPTS
set -u
program=$1
scripts=$2
failed=0
complain() { echo "FAILED: $*"; failed=1; }

source "$scripts/completions/faceshot.bash"
completed() {  # WORDS...: possible completions of the last one
  COMP_WORDS=("$program" "$@")
  COMP_CWORD=$#
  COMPREPLY=()
  _faceshot
  echo "${COMPREPLY[*]}"
}
[ "$(completed det)" = detect ] || complain "a command: $(completed det)"
[ "$(completed detect --thr)" = "--threshold --threads" ] || [ "$(completed detect --thr)" = "--threads --threshold" ] ||
  complain "an option: $(completed detect --thr)"
[ "$(completed data pse)" = pseudo ] || complain "a command's command: $(completed data pse)"
cd "$scripts" && [ "$(completed detect --json man_)" = man_page.sh ] || complain "a file: $(completed detect --json man_)"

page=$(mktemp)
trap 'rm -f "$page"' EXIT
"$scripts/man_page.sh" "$program" >"$page" || complain "no man page"
for wanted in '^.TH FACESHOT 1' '^.SH "FACESHOT DETECT"' '^.SH "FACESHOT DATA PSEUDO"' 'max\\-side'; do
  grep -q -- "$wanted" "$page" || complain "the man page has no '$wanted'"
done
if command -v man >/dev/null; then
  [ -z "$(LC_ALL=C MANROFFSEQ='' MANWIDTH=100 man --warnings -l "$page" 2>&1 >/dev/null)" ] || complain "the man page has errors"
  LC_ALL=C MANWIDTH=100 man -l "$page" 2>/dev/null | grep -q "Find faces in photographs" || complain "the man page is not shown"
fi
exit $failed
