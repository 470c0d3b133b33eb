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
    # headers, CMake files, one .pc file; nothing that was compiled
    others=$(find "$PREFIX" -type f ! -name '*.hpp' ! -name '*.cuh' ! -name '*.inc' ! -name '*.cmake' ! -name '*.pc')
    if [[ -n $others ]]; then echo "should not be installed: $others" && exit 1; fi
    diff <(cd "$SOURCE/include" && find . -type f | sort) <(cd "$PREFIX/include" && find . -type f | sort)
    ;;
  header_only | compiled)
    configure "$name"
    build_and_run
    ;;
  subdirectory | fetch_content)
    configure "$name"
    build_and_run
    # not the top level: nothing of the library's own is built, tested or installed
    grep -qx 'KINDRED_BUILD_TESTS:BOOL=OFF' "$build/CMakeCache.txt"
    grep -qx 'KINDRED_INSTALL:BOOL=OFF' "$build/CMakeCache.txt"
    ;;
  blas)
    [[ -n $(find /usr/include /usr/local/include "${CPATH:-/usr/include}" -maxdepth 3 -name cblas.h 2>/dev/null) ]] || skip "no cblas.h"
    configure "$name"
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
    # an example is a project of its own: copied away and built against what is installed
    rm -rf "$build" && mkdir -p "$build"
    cp -r "$SOURCE/examples/02_search" "$build/copy"
    "$CMAKE" -S "$build/copy" -B "$build/build" -G "$GENERATOR" "-DCMAKE_PREFIX_PATH=$PREFIX" "-DCMAKE_CXX_COMPILER=$CXX"
    "$CMAKE" --build "$build/build"
    python3 -B "$SOURCE/tests/examples/search.py" "$build/build/search"
    ;;
  pkg_config)
    command -v pkg-config >/dev/null || skip "pkg-config was not found"
    rm -rf "$build" && mkdir -p "$build"
    export PKG_CONFIG_PATH=$PREFIX/share/pkgconfig
    [[ $(pkg-config --modversion kindred) == "$VERSION" ]]
    # shellcheck disable=SC2046
    "$CXX" -std=c++20 "$projects"/program/*.cpp $(pkg-config --cflags --libs kindred) -o "$build/program"
    "$build/program"
    ;;
  *)
    echo "no such test: $name"
    exit 1
    ;;
esac
