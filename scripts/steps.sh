# Sourced by quickstart.sh and reproduce_paper.sh: commands whose results are kept, so that a second
# run repeats only what is not done yet.
#
# Needs: run, the folder of the results; step_inputs, files that make kept results out of date if
# they are newer.

redo=false  # once one step has run, what follows it is out of date

# step_is_kept FILE COMMAND: FILE holds the output of that very command, and no input is newer.
step_is_kept() {
  local input
  ! $redo && [ -f "$1" ] && [ "$(head -n 1 "$1")" = "$2" ] || return 1
  for input in "${step_inputs[@]}"; do
    [ ! "$input" -nt "$1" ] || return 1
  done
}

# run_step NAME OUTPUT COMMAND [goes_on]: runs the command once; its results are kept, and later
# runs show them again. Without goes_on, OUTPUT is removed first: it is of a run that was cut short,
# or of another command. With it, the command goes on by itself with what it finds there.
run_step() {
  local name=$1 output=$2 command=$3 goes_on=${4:-} start=$SECONDS
  local kept=$run/done/${name// /-}.txt
  printf '\n== %s\n$ %s\n' "$name" "$command"
  if step_is_kept "$kept" "$command"; then
    tail -n +2 "$kept"
    echo "(done before)"
    return
  fi
  redo=true
  [ -n "$goes_on" ] || rm -rf "$output"
  mkdir -p "$run/done"
  echo "$command" >"$kept.partial"
  bash -c "$command" | tee -a "$kept.partial"
  mv "$kept.partial" "$kept"
  echo "($((SECONDS - start)) s)"
}
