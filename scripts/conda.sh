#!/bin/sh
# Makes (or updates) the conda environment of environment.yml with conda, mamba or micromamba; CONDA names another.
set -eu
cd "$(dirname "$0")/.."
name=$(sed -n 's/^name: *//p' environment.yml)

conda=${CONDA:-}
for candidate in conda mamba micromamba; do
  if [ -z "$conda" ] && command -v "$candidate" >/dev/null 2>&1; then conda=$candidate; fi
done
if [ -z "$conda" ]; then
  echo "make conda: found no conda, mamba or micromamba; install one, or use make setup, which needs only Python" >&2
  exit 1
fi

if "$conda" env list | awk '{ print $1 }' | grep -qx "$name"; then
  "$conda" env update -n "$name" -f environment.yml --prune
else
  "$conda" env create -n "$name" -f environment.yml
fi
echo "Now: conda activate $name && jupyter lab notebooks/00-start-here.ipynb"
