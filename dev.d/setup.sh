# shellcheck shell=bash
# What every verb stands on: packages, configure, build, and running tests.

say() { printf 'dev: %s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root, and there is no sudo: $*"
  fi
}

# packages_of GROUP... : their names in deploy/packages.txt.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="$group" '
      /^# group:/ { on = ($3 == group); found = found || on; next }
      on && NF && !/^#/ { print $1 }
      END { exit !found }' deploy/packages.txt ||
      die "deploy/packages.txt has no group '$group'"
  done
}

# need GROUP... : installs what is missing of these groups; quick when nothing
# is. Elsewhere than on Debian the compiler and CMake say what they miss.
need() {
  command -v dpkg-query >/dev/null || return 0
  local wanted missing
  wanted=$(packages_of "$@" | sort -u)
  # dpkg-query fails when it has never heard of one of them: that is an answer.
  # shellcheck disable=SC2016,SC2086
  missing=$(comm -23 <(echo "$wanted") <(
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
      awk '$2 == "installed" { print $1 }' | sort -u
  ))
  [[ -n $missing ]] || return 0
  say "installing $(wc -l <<<"$missing") packages: ${missing//$'\n'/ }"
  as_root apt-get update -q >&2
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing >&2
}

# configure PRESET : only when it has not been, or the presets have changed.
# Ninja itself sees to it that an edited CMakeLists.txt configures again.
configure() {
  local ninja=build/$1/build.ninja
  if [[ ! -e $ninja || CMakePresets.json -nt $ninja ]]; then
    cmake --preset "$1" >&2
  fi
}

# build PRESET [TARGET...] : sets up, configures and builds.
build() {
  local preset=$1
  shift
  need build
  configure "$preset"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}

# run_tests PRESET [CTEST OPTIONS] : ends with {"passed", "failed", ...}; "cases"
# counts the GoogleTest cases inside the tests that ctest sees.
run_tests() {
  local preset=$1 begin=$SECONDS status=0
  shift
  local log=build/$preset/Testing/Temporary/LastTest.log
  local report=build/$preset/test-report.xml
  rm -f "$log" "$report"
  ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error \
    --output-junit "$PWD/$report" "$@" </dev/null || status=$?
  [[ -e $report ]] || return "$((status ? status : 1))"
  local total failed skipped cases
  total=$(attribute tests "$report")
  failed=$(attribute failures "$report")
  skipped=$(($(attribute skipped "$report") + $(attribute disabled "$report")))
  cases=$(awk '/^\[  PASSED  \] [0-9]+ tests?/ { n += $4 } END { print n + 0 }' \
    "$log")
  printf '{"passed": %d, "failed": %d, "skipped": %d, "cases": %d, "seconds": %d}\n' \
    $((total - failed - skipped)) "$failed" "$skipped" "$cases" \
    $((SECONDS - begin))
  return "$status"
}

# attribute NAME FILE : a number of the report's first element, <testsuite>.
attribute() {
  tr '\n' ' ' <"$2" | sed -E "s/.*<testsuite[^>]*[[:space:]]$1=\"([0-9]+)\".*/\1/"
}
