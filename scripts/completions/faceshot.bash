# Completion for bash: commands, options and files. The options are asked of `faceshot ... --help`, so
# that this file never grows old. Installed to share/bash-completion/completions/faceshot.
_faceshot() {
  local current=${COMP_WORDS[COMP_CWORD]} word help
  local -a command=("${COMP_WORDS[0]}")
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
      -*) ;;
      *)
        # Another word is a command if the help of those before lists it.
        "${command[@]}" --help 2>/dev/null | sed -n '/^Subcommands:/,$p' | grep -q "^  $word " || break
        command+=("$word")
        ;;
    esac
  done
  help=$("${command[@]}" --help 2>/dev/null) || return
  case $current in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(grep -oE '^  .*--[a-z0-9-]+' <<<"$help" | grep -oE -- '--[a-z0-9-]+' | sort -u)" -- "$current") ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$(sed -n '/^Subcommands:/,$s/^  \([a-z]\+\) .*/\1/p' <<<"$help")" -- "$current")
      [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
  esac
}
complete -o filenames -F _faceshot faceshot
