# shellcheck shell=bash
# ./dev format and ./dev check: what a change must pass.

cxx_files() {
  git ls-files --cached --others --exclude-standard '*.cc' '*.h' | existing
}

shell_files() {
  echo dev
  git ls-files --cached --others --exclude-standard '*.sh' '.ci/run' | existing
}

# Keeps the lines that name a file: git also lists those just deleted.
existing() {
  local file
  while read -r file; do
    if [[ -f $file ]]; then echo "$file"; fi
  done
}

dev_format() {
  need format
  local files
  mapfile -t files < <(cxx_files)
  if [[ ${1:-} == --check ]]; then
    check_format
  elif (($#)); then
    die "format: unknown option '$1' (--check)"
  else
    clang-format-14 -i "${files[@]}"
    printf '{"files": %d}\n' "${#files[@]}"
  fi
}

check_format() {
  local file bad=0 total=0
  while read -r file; do
    total=$((total + 1))
    if ! clang-format-14 --dry-run -Werror "$file" 2>/dev/null; then
      say "not formatted: $file"
      bad=$((bad + 1))
    fi
  done < <(cxx_files)
  printf '{"files": %d, "unformatted": %d}\n' "$total" "$bad"
  ((bad == 0))
}

# Sources that differ from where the branch left origin, or from the commit
# before where it has not; with those not committed yet.
changed_sources() {
  local base head
  head=$(git rev-parse HEAD)
  base=$(git merge-base HEAD origin/HEAD 2>/dev/null || echo "$head")
  if [[ $base == "$head" ]]; then
    base=$(git rev-parse --verify -q HEAD~1 || git hash-object -t tree /dev/null)
  fi
  {
    git diff --name-only "$base" -- '*.cc'
    git ls-files --others --exclude-standard '*.cc'
  } | sort -u | existing
}

# lint_cxx FILE... : clang-tidy over the files that the preset dev compiles.
lint_cxx() {
  local log=build/dev/clang-tidy.log status=0 files
  mapfile -t files < <(printf '%s\n' "$@" | while read -r file; do
    if grep -qF "\"file\": \"$PWD/$file\"" build/dev/compile_commands.json; then
      echo "$file"
    fi
  done)
  : >"$log"
  if ((${#files[@]})); then
    printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" \
      clang-tidy-14 -p build/dev --quiet >"$log" 2>/dev/null || status=1
    grep -E '(error|warning):' "$log" | sort -u >&2 || true
  fi
  printf '{"files": %d, "findings": %d}\n' "${#files[@]}" \
    "$(grep -E '(error|warning):' "$log" | sort -u | wc -l)"
  return "$status"
}

lint_shell() {
  local files bad=0
  mapfile -t files < <(shell_files)
  shellcheck -x "${files[@]}" >&2 || bad=1
  printf '{"files": %d, "findings": %d}\n' "${#files[@]}" "$bad"
  return "$bad"
}

# step NAME COMMAND... : runs one part of a check. Its last line, JSON, becomes
# a member of `parts`; the rest goes to standard error.
step() {
  local name=$1 output last status
  shift
  say "check: $name"
  output=$(mktemp)
  # Not `if ! "$@"`: there a command that fails inside would not end it.
  set +e
  (set -e && "$@") | tee "$output" >&2
  status=${PIPESTATUS[0]}
  set -e
  if ((status)); then
    failures=$((failures + 1))
    say "check: $name FAILED"
  fi
  last=$(tail -n 1 "$output")
  rm -f "$output"
  [[ $last == '{'* ]] || last=null
  parts+="\"$name\": $last, "
}

dev_check() {
  local deep=0 begin=$SECONDS parts='' failures=0 files seed
  case ${1:-} in
    '') ;;
    --deep) deep=1 ;;
    *) die "check: unknown option '$1' (--deep)" ;;
  esac
  need build format check
  step format check_format
  step shell lint_shell
  step test dev_test
  if ((deep)); then
    mapfile -t files < <(cxx_files | grep '\.cc$')
  else
    mapfile -t files < <(changed_sources)
  fi
  step clang_tidy lint_cxx "${files[@]}"
  if ((deep)); then
    step tensorflow tensorflow_reads
    step fuzz fuzz_targets
    step asan asan_tests
    step tsan tsan_tests
    for seed in 1 2 3; do
      step "quickstart_$seed" dev_quickstart --seed "$seed"
    done
  fi
  printf '{%s"failures": %d, "seconds": %d}\n' "$parts" "$failures" \
    $((SECONDS - begin))
  ((failures == 0))
}

# TensorFlow reads what we write, in a virtual environment of its own. Where
# nothing can be downloaded the test says that it was skipped.
tensorflow_reads() {
  local venv=build/dev/venv
  if [[ ! -x $venv/bin/python3 ]]; then
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q \
      'tensorflow-cpu==2.15.1' 'numpy<2' safetensors; } >&2; then
      say 'no TensorFlow: it cannot be downloaded'
    fi
  fi
  run_tests dev -R '^tensorflow_reads_test$'
}

asan_tests() {
  build asan >&2
  run_tests asan
}

# Only what the preset runs is built: unit tests, called like their targets but
# for those of the fuzzers' corpora.
tsan_tests() {
  local targets
  need build
  configure tsan
  mapfile -t targets < <(ctest --preset tsan -N |
    sed -nE 's/^ *Test +#[0-9]+: ([a-z0-9_]+)$/\1/p' |
    sed 's/^fuzz_corpus_/replay_/')
  build tsan "${targets[@]}" >&2
  run_tests tsan
}
