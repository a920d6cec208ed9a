#!/bin/sh
# Makes .venv from requirements.lock, or does nothing when it is up to date.
#
# The last thing that is written is a stamp, which holds what the environment was made from. A set-up that was
# interrupted has no stamp and is made again from nothing; so is one whose lock file changed or whose folder moved.
# PYTHON chooses the interpreter; otherwise the first Python >= 3.11 is taken.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
stamp=$venv/.stamp

say() { echo "make setup: $*"; }
fail() { say "$*" >&2; exit 1; }

# What the packages are made from, and what the project itself is installed from.
packages="$PWD $(cksum <requirements.lock)"
project="$(cksum <pyproject.toml)"
wanted="$packages
$project"

if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
  if [ -n "${PYTHON:-}" ]; then
    new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or newer; choose another: make setup PYTHON=python3.12"
    echo "$PYTHON"
    return
  fi
  # Running each one tells more than finding it: version managers leave names on PATH that start nothing.
  for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if new_enough "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  fail "needs Python 3.11 or newer, and found none; install one and run it again, or name it: make setup PYTHON=/path/to/python3"
}

pip_install() {
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" ||
    fail "pip could not install the packages (its message is above); check the network, then run make setup again"
}

# Same packages, only pyproject.toml changed (a tool's setting, say): install the project alone.
same_packages() { [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(sed -n 1p "$stamp")" = "$packages" ]; }

if ! same_packages; then
  [ ! -L "$venv" ] || fail "$venv is a link, and where it leads is left alone: remove the link, then run make setup again"
  python=$(find_python)
  "$python" -c 'import venv, ensurepip' >/dev/null 2>&1 ||
    fail "$python has no venv module; on Debian and Ubuntu: sudo apt install python3-venv, then run make setup again"
  say "making .venv with $("$python" --version) (a minute or two, once)"
  rm -f "$stamp"
  "$python" -m venv --clear "$venv" || fail "could not make $venv (the message is above)"
  pip_install --require-hashes -r requirements.lock
fi
rm -f "$stamp"
pip_install --no-deps --no-build-isolation -e .
# Matplotlib looks for fonts once for a user; where that takes long, it would say so in the middle of a lesson.
"$venv/bin/python" -c 'import matplotlib.font_manager' >/dev/null 2>&1 || true
echo "$wanted" >"$stamp.new"
mv "$stamp.new" "$stamp"
say "done"
