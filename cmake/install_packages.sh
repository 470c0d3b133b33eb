#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# install_packages.sh PACKAGE...   installs those Debian/Ubuntu packages that are missing, as root or with sudo. Elsewhere it
# says what to install and fails.
set -euo pipefail

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "$@"; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $status == installed* ]] || missing+=("$package")
  done
else
  missing=("$@")
fi
((${#missing[@]})) || exit 0

as_root=()
if ! command -v apt-get >/dev/null; then
  echo "This system has no apt-get. Please install what these Debian packages hold, then run the command again:" >&2
  echo "  ${missing[*]}" >&2
  exit 1
elif [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "Not root and no sudo. Please have these packages installed, then run the command again:" >&2
    echo "  apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    echo "failed: $*" >&2
    exit 1
  }
}
quietly apt-get -qq update
quietly apt-get -qq install --yes --no-install-recommends "${missing[@]}"
