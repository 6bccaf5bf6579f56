# shellcheck shell=bash
# ./dev coverage: which lines of the rooms the tests run, as gcov counts them.
# A server that is killed writes no counts, so what only such a one ran is
# missed.

coverage_rooms=(base kernels storage shard server client tools proto/wire)
coverage_objects=16 # that one gcov reads

# Leaves the lines that no test ran in build/coverage/missed.txt.
dev_coverage() {
  local counts=build/coverage/counts status=0
  need coverage
  build coverage >&2
  find build/coverage -name '*.gcda' -delete # of earlier runs
  run_tests coverage "$@" >&2 || status=$?
  rm -rf "$counts"
  mkdir -p "$counts"
  coverage_notes | xargs -P "$(nproc)" -n "$coverage_objects" \
    bash -c '. dev.d/coverage.sh && coverage_lines "$@"' "$counts"
  coverage_report "$counts" build/coverage/missed.txt
  return "$status"
}

# What gcov is to read: every object of the rooms, run or not, and whatever else
# ran, since the code of headers counts where it was compiled.
coverage_notes() {
  {
    find "${coverage_rooms[@]/#/build/coverage/}" -name '*.gcno'
    find build/coverage -name '*.gcda' | sed 's/gcda$/gcno/'
  } | sort -u
}

# coverage_lines NOTES... : a file of its own in the directory $0, a line for
# each line of source that has code: "FILE:LINE 1", or 0 when it did not run.
coverage_lines() {
  gcov --stdout --relative-only --source-prefix "$PWD" "$@" 2>/dev/null | awk '
    /^ *-: *0:Source:/ { file = substr($0, index($0, "Source:") + 7); next }
    {
      split($0, part, ":")
      if (part[1] ~ /^ *-$/ || part[2] + 0 == 0) next
      place = file ":" part[2] + 0
      ran[place] = ran[place] || part[1] !~ /[#=]/
    }
    END { for (place in ran) print place, ran[place] }' >"$0/$$"
}

# coverage_report DIRECTORY MISSED : adds up what coverage_lines left. Fails when
# that is nothing.
coverage_report() {
  awk -v rooms="${coverage_rooms[*]}" -v missed="$2" '
    { ran[$1] = ran[$1] || $2 }
    END {
      count = split(rooms, room, " ")
      for (place in ran) {
        for (i = 1; i <= count; ++i) {
          if (index(place, room[i] "/") != 1) continue
          ++lines[i]
          ++all_lines
          if (ran[place]) {
            ++covered[i]
            ++all_covered
          } else {
            print place | ("sort -t: -k1,1 -k2,2n >" missed)
          }
        }
      }
      printf "%-12s %7s %7s %7s\n", "room", "lines", "run", "percent"
      for (i = 1; i <= count; ++i) {
        printf "%-12s %7d %7d %7.1f\n", room[i], lines[i], covered[i],
          percent(covered[i], lines[i])
        parts = parts (i > 1 ? ", " : "") sprintf("\"%s\": %.1f", room[i],
          percent(covered[i], lines[i]))
      }
      printf "{\"lines\": %d, \"run\": %d, \"percent\": %.1f, \"rooms\": {%s}}\n",
        all_lines, all_covered, percent(all_covered, all_lines), parts
      exit !all_lines
    }
    function percent(part, whole) { return whole ? 100 * part / whole : 0 }
  ' "$1"/*
}
