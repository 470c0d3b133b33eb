#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# consume.sh NAME   one consumer test; ctest sets the variables, see CMakeLists.txt beside this file.
set -euo pipefail
name=$1
projects=$SOURCE/tests/consumer
build=$WORK/$name

skip() {
  echo "skipped: $*"
  exit 77
}
configure() { # configure PROJECT [OPTIONS...]
  local project=$1
  shift
  rm -rf "$build"
  "$CMAKE" -S "$projects/$project" -B "$build" -G "$GENERATOR" "-DCMAKE_PREFIX_PATH=$PREFIX" "-DKINDRED_SOURCE=$SOURCE" "$@"
}
build_and_run() {
  "$CMAKE" --build "$build"
  "$build/program"
}
refused() { # refused PATTERN COMMAND...: the command fails and its output, spaces folded, matches
  local pattern=$1 output
  shift
  if output=$("$@" 2>&1); then
    echo "should have failed: $*"
    exit 1
  fi
  if ! tr -s '[:space:]' ' ' <<<"$output" | grep -qE "$pattern"; then
    echo "failed without saying \"$pattern\": $output"
    exit 1
  fi
}

case $name in
  install)
    rm -rf "$PREFIX"
    "$CMAKE" --install "$LIBRARY_BUILD" --prefix "$PREFIX" >"$WORK/install.log"
    # headers, CMake files, one .pc file, the licences; nothing that was compiled
    others=$(find "$PREFIX" -type f ! -name '*.hpp' ! -name '*.cuh' ! -name '*.inc' ! -name '*.cmake' ! -name '*.pc' ! -path '*/doc/kindred/*')
    if [[ -n $others ]]; then echo "should not be installed: $others" && exit 1; fi
    diff <(cd "$SOURCE/include" && find . -type f ! -name NOTICE | sort) <(cd "$PREFIX/include" && find . -type f | sort)
    cmp "$SOURCE/LICENSE" "$PREFIX/share/doc/kindred/LICENSE"
    grep -q "UNICODE LICENSE V3" "$PREFIX/share/doc/kindred/NOTICE"
    ;;
  header_only)
    build="$WORK/a folder/$name"
    configure "$name"
    build_and_run
    ;;
  clang)
    command -v clang++ >/dev/null || skip "clang++ was not found"
    CXX=clang++ configure header_only "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror"
    build_and_run
    ;;
  compiled)
    # an example is a project of its own: copied away it is configured alone, and built with the rest
    rm -rf "$WORK/copy" && mkdir -p "$WORK/copy"
    cp -r "$SOURCE/examples/02_search" "$WORK/copy/search"
    "$CMAKE" -S "$WORK/copy/search" -B "$WORK/copy/build" -G "$GENERATOR" "-DCMAKE_PREFIX_PATH=$PREFIX"
    "$PYTHON" -B "$SOURCE/tests/readme/readme_test.py" extract "$SOURCE" "$WORK/copy/readme"
    configure compiled -DCMAKE_BUILD_TYPE=Release "-DCMAKE_INSTALL_PREFIX=$WORK/engine" "-DKINDRED_PROJECTS=$WORK/copy/search;$WORK/copy/readme"
    build_and_run
    "$build/host"
    "$CMAKE" --install "$build" >"$WORK/engine.log"
    ;;
  exported)
    # with two rooms, which is all that it needs
    configure exported "-DENGINE_PREFIX=$WORK/engine" "-DKINDRED_COMPILED_ROOMS=backend;core"
    build_and_run
    ;;
  any_order)
    for order in "subdirectory;subdirectory" "subdirectory;package;package" "package;subdirectory;package;subdirectory"; do
      configure any_order "-DKINDRED_ORDER=$order"
    done
    configure any_order -DKINDRED_ORDER=subdirectory
    build_and_run
    grep -qx 'KINDRED_BUILD_TESTS:BOOL=OFF' "$build/CMakeCache.txt"
    ;;
  nothing_optional)
    # the library's own tree, configured where only Eigen is: what is left out is named
    rm -rf "$build"
    disabled=()
    for package in doctest benchmark CLI11 nlohmann_json PNG JPEG Freetype pugixml ZLIB LibLZMA; do
      disabled+=("-DCMAKE_DISABLE_FIND_PACKAGE_$package=ON")
    done
    output=$("$CMAKE" -S "$SOURCE" -B "$build" -G "$GENERATOR" -DCMAKE_CUDA_COMPILER= "${disabled[@]}")
    for left_out in "bench (Debian packages: libbenchmark-dev)" "examples/rank_metrics (Debian packages: libcli11-dev)" \
      "tests of rooms, of examples and of the GPU (Debian packages: doctest-dev)"; do
      grep -qF "left out: $left_out" <<<"$output"
    done
    ;;
  fetch_content)
    configure "$name"
    build_and_run
    # not the top level: nothing of the library's own is built, tested or installed
    grep -qx 'KINDRED_BUILD_TESTS:BOOL=OFF' "$build/CMakeCache.txt"
    grep -qx 'KINDRED_INSTALL:BOOL=OFF' "$build/CMakeCache.txt"
    ;;
  blas)
    [[ -n $(find /usr/include /usr/local/include "${CPATH:-/usr/include}" -maxdepth 3 -name cblas.h 2>/dev/null) ]] || skip "no cblas.h"
    configure "$name" "-DKINDRED_COMPILED_ROOMS=backend;core"
    build_and_run
    ;;
  cuda)
    [[ -n $CUDACXX ]] || skip "nvcc was not found"
    [[ -f $PREFIX/include/kindred/backend/cuda.cuh ]] || skip "this version has no GPU backend"
    configure "$name"
    "$CMAKE" --build "$build"
    "$build/program"
    ;;
  version)
    configure header_only -DKINDRED_WANTED="${VERSION%.*}"
    configure header_only -DKINDRED_WANTED="$VERSION"
    refused 'compatible with requested version "?0\.0' configure header_only -DKINDRED_WANTED=0.0
    refused 'compatible with requested version "?99' configure header_only -DKINDRED_WANTED=99.0
    ;;
  unknown_component)
    refused 'has no component "warp"; it has compiled, blas and cuda' configure "$name"
    ;;
  example_search)
    "$PYTHON" -B "$SOURCE/tests/examples/search.py" "$WORK/compiled/search/search"
    ;;
  pkg_config)
    command -v pkg-config >/dev/null || skip "pkg-config was not found"
    rm -rf "$build" && mkdir -p "$build"
    export PKG_CONFIG_PATH=$PREFIX/share/pkgconfig
    [[ $(pkg-config --modversion kindred) == "$VERSION" ]]
    # eval, because pkg-config puts a backslash before a blank
    eval "\"$CXX\" -std=c++20 $(printf '%q ' "$projects"/program/*.cpp) $(pkg-config --cflags --libs kindred) -o $(printf '%q' "$build/program")"
    "$build/program"
    ;;
  *)
    echo "no such test: $name"
    exit 1
    ;;
esac
