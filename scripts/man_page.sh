#!/usr/bin/env bash
# Writes faceshot.1, a man page made from `faceshot --help` and its commands' --help.
#   man_page.sh FACESHOT >faceshot.1
set -euo pipefail
faceshot=$1
text() { sed -e 's/\\/\\e/g' -e 's/-/\\-/g' -e "s/^\([.']\)/\\\\\&\1/"; }
commands() { sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p'; }

help=$("$faceshot" --help)
cat <<EOF
.TH FACESHOT 1 "" "$("$faceshot" --version)" "User Commands"
.SH NAME
faceshot \- find faces in photographs; train, measure and export detectors
.SH SYNOPSIS
.B faceshot
\fICOMMAND\fR [\fIOPTIONS\fR]
.SH DESCRIPTION
FaceShot detects faces with single\-shot networks on an ordinary CPU, and has what it takes to train
them: data sets, augmentation, training, evaluation, export to ONNX.
.SH EXIT STATUS
0, or 1 for a failure, 2 for wrong use, 130 after Ctrl\-C.
.SH COMMANDS
.nf
$(sed -n '/^Subcommands:/,$p' <<<"$help" | tail -n +2 | text)
.fi
EOF
page() {  # COMMAND...: its section, and those of its own commands
  local own
  own=$("$faceshot" "$@" --help 2>/dev/null) || return 0  # its program may not be built
  printf '.SH "FACESHOT %s"\n.nf\n' "$(tr '[:lower:]' '[:upper:]' <<<"$*")"
  text <<<"$own"
  printf '.fi\n'
  local command
  for command in $(commands <<<"$own"); do page "$@" "$command"; done
}
for command in $(commands <<<"$help"); do page "$command"; done
