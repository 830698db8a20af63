#!/usr/bin/env bash
# Makes the environment <folder> with uv in it, from the first Python on this machine that fits. PYTHON names another one.
set -euo pipefail

venv=$1
fits='import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))'

python=""
for name in ${PYTHON:-python3.11 python3 python3.12 python3.13}; do
  if command -v "$name" >/dev/null && "$name" -c "$fits" 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "需要 Python 3.11(到 3.13 也行),没有找到。请先安装,或用 PYTHON=<路径> 指明。" >&2
  exit 1
fi

if ! "$python" -m venv "$venv" >/dev/null 2>&1; then
  # Debian parts ensurepip from python3: take a pip from outside, or the one that Debian packs for environments
  rm -rf "$venv"
  wheels=$(mktemp -d)
  trap 'rm -rf "$wheels"' EXIT
  if "$python" -m pip --version >/dev/null 2>&1; then
    pip=("$python" -m pip)
  elif "$(dirname "$0")/unpack_debian.sh" "$wheels" python3-pip-whl 2>/dev/null; then
    pip=("$python" "$(echo "$wheels"/usr/share/python-wheels/pip-*.whl)/pip")
  else
    echo "$python 缺少 venv 和 pip。Debian、Ubuntu 上请先运行:sudo apt-get install python3-venv" >&2
    exit 1
  fi
  "$python" -m venv --without-pip "$venv"
  "${pip[@]}" --python "$venv/bin/python" install --quiet --disable-pip-version-check pip
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check uv
