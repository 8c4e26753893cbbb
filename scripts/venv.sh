#!/bin/sh
# Makes .venv with a suitable Python and installs the hash-pinned requirements of the given set (base or dev).
set -eu
set_name="$1"
say() { printf '%s\n' "$1" >&2; }

fits() {
  "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

find_python() {
  for name in "${PYTHON:-}" python3.14 python3.13 python3.12 python3; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1 && fits "$name"; then
      printf '%s' "$name"
      return 0
    fi
  done
  return 1
}

if ! (: >.venv-probe) 2>/dev/null; then
  say "This folder can't be written, so nothing can be installed here. Copy the project to a folder of yours."
  exit 1
fi
rm -f .venv-probe

if [ -d .venv ] && ! fits .venv/bin/python; then
  say "The Python of .venv is gone or too old: making it anew."
  rm -rf .venv
fi

if [ ! -d .venv ]; then
  if python=$(find_python); then
    say "Making .venv with $("$python" --version 2>&1) …"
    "$python" -m venv .venv
  elif command -v uv >/dev/null 2>&1; then
    say "No Python 3.12 or newer here; uv fetches one …"
    uv venv --quiet --seed --python 3.13 .venv
  else
    say "Miraizu needs Python 3.12 or newer (with its venv module), and found none. Install it, for example with: apt install python3 python3-venv"
    exit 1
  fi
fi

say "Installing what Miraizu needs ($set_name), checked against its hashes …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$set_name.txt"
touch ".venv/.$set_name"
