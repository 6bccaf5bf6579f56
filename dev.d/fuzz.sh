# shellcheck shell=bash
# The fuzzers of tests/fuzz, for ./dev check --deep.

fuzz_seconds=60 # of each target

# Builds every target and runs each from its corpus. Inputs that break one lie
# in build/fuzz/findings afterwards, what was learned in build/fuzz/corpus.
fuzz_targets() {
  local targets target log executions=0 broken=0
  need fuzz
  configure fuzz
  mapfile -t targets < <(ninja -C build/fuzz -t targets all |
    sed -nE 's/^fuzz_([a-z_]+): phony$/\1/p')
  build fuzz "${targets[@]/#/fuzz_}" >&2
  mkdir -p build/fuzz/findings
  printf '%s\n' "${targets[@]}" |
    xargs -P "$(nproc)" -I '{}' bash -c '. dev.d/fuzz.sh && fuzz_one {}' >&2 || true
  for target in "${targets[@]}"; do
    log=build/fuzz/$target.log
    executions=$((executions + $(executions_of "$log")))
    if grep -q '^DONE' "$log"; then continue; fi
    broken=$((broken + 1))
    say "fuzz: $target"
    tail -n 30 "$log" >&2
  done
  printf '{"targets": %d, "seconds_each": %d, "executions": %d, "findings": %d}\n' \
    "${#targets[@]}" "$fuzz_seconds" "$executions" "$broken"
  ((broken == 0 && ${#targets[@]} > 0))
}

# fuzz_one NAME : its last line is DONE when nothing was found.
fuzz_one() {
  local name=$1 log=build/fuzz/$1.log
  mkdir -p "build/fuzz/corpus/$name"
  if "build/fuzz/tests/fuzz/fuzz_$name" -max_total_time="$fuzz_seconds" \
    -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$name-" \
    "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" &>"$log"; then
    echo 'DONE' >>"$log"
  fi
  echo "fuzz: $name, $(executions_of "$log") executions"
}

executions_of() {
  sed -nE 's/^stat::number_of_executed_units: *([0-9]+)$/\1/p' "$1" |
    awk '{ n += $1 } END { print n + 0 }'
}
