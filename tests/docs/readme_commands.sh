#!/usr/bin/env bash
# Runs the block of a page that is marked as tested, word for word, in a
# directory that has nothing but the examples' sources, against the binaries of
# the build directory given.
# usage: readme_commands.sh PAGE BUILD_DIR
set -euo pipefail
readme=$1
build=$2
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

work=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; rm -rf "$work"' EXIT

# A free port in place of the one in the text, so that runs do not collide.
port=$(python3 - << 'PY'
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
PY
)

awk '/^<!-- tested: tests\/docs -->$/ { marked = 1; next }
     marked && /^```sh$/ { inside = 1; next }
     inside && /^```$/ { exit }
     inside { print }' "$readme" |
  sed "s/127\.0\.0\.1:7070/127.0.0.1:$port/g" > "$work/commands.sh"
[ -s "$work/commands.sh" ] || { echo "no tested block in $readme" >&2; exit 1; }

mkdir -p "$work/build"
ln -s "$build" "$work/build/release"
ln -s "$source/examples" "$work/examples"
cd "$work"
bash -euo pipefail -m -x commands.sh
