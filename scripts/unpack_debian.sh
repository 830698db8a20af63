#!/usr/bin/env bash
# Unpacks Debian packages and what they need under <folder>, without any rights: unpack_debian.sh <folder> <package>…
# Nothing of the machine is changed. Fails, with apt's words on standard error, where there is no apt or no package.
set -euo pipefail
folder=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial" "$folder"

own_apt() {
  apt-get -qq -o Dir::State="$work/state" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$work/cache" \
    -o Debug::NoLocking=true -o APT::Sandbox::User="$(id -un)" "$@" >"$work/log" 2>&1 || { tail -n 5 "$work/log" >&2; exit 1; }
}
own_apt update
own_apt install --yes --no-install-recommends --download-only "$@"
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb --extract "$package" "$folder"
done
