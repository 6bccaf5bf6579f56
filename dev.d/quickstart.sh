# shellcheck shell=bash
# ./dev quickstart: choose the data, build what it needs, train.

census_dir=data/census-income
census_url=https://archive.ics.uci.edu/static/public/2/adult.zip
census_header="age, workclass, fnlwgt, education, education-num, \
marital-status, occupation, relationship, race, sex, capital-gain, \
capital-loss, hours-per-week, native-country, classification"

dev_quickstart() {
  local data='' seed=1
  while (($#)); do
    case $1 in
      --data) data=${2:?--data needs a directory} && shift 2 ;;
      --seed) seed=${2:?--seed needs a number} && shift 2 ;;
      *) die "quickstart: unknown option '$1' (--data DIR, --seed S)" ;;
    esac
  done
  [[ -z $data || $data == generated || -d $data ]] ||
    die "quickstart: no directory '$data'"
  build release census-quickstart rowhouse-server rowhouse >&2
  # Without data the program generates some, and says so.
  if [[ -z $data ]] && ! has_census "$census_dir"; then
    (download_census) || say "the UCI archive cannot be had"
  fi
  mkdir -p out/quickstart
  build/release/examples/census/census-quickstart --seed "$seed" \
    --server-binary build/release/server/rowhouse-server \
    --out out/quickstart ${data:+--data "$data"}
}

has_census() { [[ -f $1/adult.data && -f $1/adult.test ]]; }

# Fetches the UCI archive into data/census-income. The original has no header
# lines, a line of junk before the test rows, a full stop after their labels
# and blank lines at the ends. Its own process: it may end for want of root.
download_census() {
  need download
  say "fetching $census_url"
  local work
  work=$(mktemp -d)
  if curl -fsSL --connect-timeout 5 --max-time 60 -o "$work/adult.zip" \
    "$census_url" && unzip -qq "$work/adult.zip" -d "$work" &&
    convert_census "$work/adult.data" >"$work/data" &&
    convert_census "$work/adult.test" >"$work/test" &&
    (($(wc -l <"$work/data") == 32562 && $(wc -l <"$work/test") == 16282)); then
    mkdir -p "$census_dir"
    mv "$work/data" "$census_dir/adult.data"
    mv "$work/test" "$census_dir/adult.test"
  fi
  rm -rf "$work"
  has_census "$census_dir"
}

convert_census() {
  echo "$census_header"
  sed -E -e 's/\r$//' -e '/^\|/d' -e '/^[[:space:]]*$/d' -e 's/\.$//' "$1"
}
