# shellcheck shell=bash
# ./dev fresh: the proof that ./dev test and ./dev quickstart need nothing but
# a bare Debian 12 with git. It works on the last commit, in a directory that
# goes away at the end.

fresh_root=''

dev_fresh() {
  local keep=0 verbs=(test quickstart) data='' begin=$SECONDS
  while (($#)); do
    case $1 in
      --keep) keep=1 && shift ;;
      --only)
        [[ ${2:-} == test || ${2:-} == quickstart ]] ||
          die "fresh: --only takes test or quickstart"
        verbs=("$2") && shift 2
        ;;
      --data) data=$(realpath -e "${2:?--data needs a directory}") && shift 2 ;;
      *) die "fresh: unknown option '$1' (--only, --data, --keep)" ;;
    esac
  done
  ((EUID == 0)) || die "fresh: needs root, to make a bare Debian and enter it"
  need fresh
  fresh_root=$(mktemp -d "${TMPDIR:-/tmp}/rowhouse-fresh.XXXXXX")
  ((keep)) || trap 'rm -rf --one-file-system "$fresh_root"' EXIT
  make_bare_root "$fresh_root" >&2
  if [[ -n $data ]]; then cp -r "$data" "$fresh_root/census"; fi

  local verb parts='' failures=0 output=$fresh_root/output last args
  for verb in "${verbs[@]}"; do
    args=()
    if [[ $verb == quickstart && -n $data ]]; then args=(--data /census); fi
    say "fresh: ./dev $verb ${args[*]}"
    if ! inside "$fresh_root" ./dev "$verb" "${args[@]}" | tee "$output" >&2; then
      failures=$((failures + 1))
      say "fresh: ./dev $verb FAILED"
    fi
    last=$(tail -n 1 "$output")
    [[ $last == '{'* ]] || last=null
    parts+="\"$verb\": $last, "
  done
  if ((keep)); then say "fresh: kept $fresh_root"; fi
  printf '{%s"failures": %d, "seconds": %d}\n' "$parts" "$failures" \
    $((SECONDS - begin))
  ((failures == 0))
}

# A Debian 12 of the least size plus git, from the apt sources this machine
# uses, with a clone of this checkout in /rowhouse.
make_bare_root() {
  local root=$1 sources=() file
  for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
    if [[ -s $file ]] && grep -q bookworm "$file"; then
      sources=("$file")
      break
    fi
  done
  mmdebstrap --mode=root --variant=minbase --include=git bookworm "$root" \
    "${sources[@]}"
  # What this machine's apt was told about its network holds inside as well.
  for file in /etc/apt/apt.conf.d/*; do
    if grep -qE '^ *Acquire::(https?|Check|Retries)' "$file" 2>/dev/null; then
      cp "$file" "$root/etc/apt/apt.conf.d/"
    fi
  done
  cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
  if [[ -n $(git status --porcelain) ]]; then
    say "fresh: changes that are not committed are left out"
  fi
  git clone -q --no-hardlinks "$PWD" "$root/rowhouse"
}

# inside ROOT COMMAND... : runs it in the clone, with its own mounts and
# processes, all gone when it ends.
inside() {
  local root=$1
  shift
  # shellcheck disable=SC2016
  unshare --mount --pid --fork --kill-child bash -c '
    set -e
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/tmp"
    exec chroot "$1" /usr/bin/env -i HOME=/root LANG=C.UTF-8 \
      PATH=/usr/sbin:/usr/bin:/sbin:/bin \
      bash -c '\''cd /rowhouse && "$@"'\'' bash "${@:2}"
  ' bash "$root" "$@" </dev/null
}
