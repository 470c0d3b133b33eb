#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds the main program and runs it on its embedded default: emoji pictures with their Korean names.
# Arguments go to the program, so `quickstart.sh --data FOLDER` studies other data; KINDRED_EXAMPLE_BUILD names another build folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KINDRED_EXAMPLE_BUILD:-$root/build/examples}

bash "$root/cmake/install_packages.sh" g++ cmake ninja-build libeigen3-dev nlohmann-json3-dev libcli11-dev libpugixml-dev \
  libpng-dev libjpeg-dev libfreetype-dev libxtensor-dev fonts-noto-color-emoji unicode-cldr-core unicode-data

generator=()
[[ -f $build/CMakeCache.txt ]] || generator=(-G Ninja)
cmake -S "$root" -B "$build" "${generator[@]}" -DCMAKE_BUILD_TYPE=Release -DKINDRED_BUILD_EXAMPLES=ON \
  -DKINDRED_BUILD_TESTS=OFF -DKINDRED_BUILD_BENCH=OFF >/dev/null
cmake --build "$build" --target cross_modal_study --parallel "$(nproc)"

program=$(find "$build/examples" -type f -name cross_modal_study -perm -u+x -print -quit)
given=" $* "
own=()
[[ $given == *" --report"* ]] || own+=(--report "$build/cross_modal_study.html")
[[ $given == *" --json"* ]] || own+=(--json "$build/cross_modal_study.json")
"$program" "${own[@]}" "$@"
echo
[[ $given == *" --report"* ]] || echo "report:  $build/cross_modal_study.html"
[[ $given == *" --json"* ]] || echo "numbers: $build/cross_modal_study.json"
