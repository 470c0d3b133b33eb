#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tests/fuzz/run.sh FOLDER SECONDS FORMAT...: builds the targets, writes their seeds and runs one after the other.
# FOLDER keeps programs, corpora, logs and findings. Needs clang++ with libFuzzer.
set -euo pipefail
folder=$(mkdir -p "$1" && realpath "$1") seconds=$2
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for format in "$@"; do
  corpus=$folder/$format.corpus log=$folder/$format.log source=tests/fuzz/$format.cpp
  mkdir -p "$corpus"
  # what a target needs besides the library stands in its first lines: // link: -lname
  read -ra link <<<"$(sed -n 's,^// link: ,,p' "$source")"
  flags=(-std=c++20 -I include -isystem /usr/include/eigen3 -pthread)
  clang++ "${flags[@]}" -O0 -DKINDRED_WRITE_SEEDS "$source" "${link[@]}" -o "$folder/$format.seeds"
  "$folder/$format.seeds" "$corpus"
  clang++ "${flags[@]}" -g1 -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "$source" "${link[@]}" -o "$folder/$format.fuzz"
  "$folder/$format.fuzz" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=1024 -timeout=10 -print_final_stats=1 \
    -artifact_prefix="$folder/$format." "$corpus" >"$log" 2>&1 || echo "$format: a finding, see $log"
  echo "$format: $(grep -c . <(ls "$corpus")) files in the corpus; $(grep -oE 'DONE.*' "$log" | tail -1)"
  grep -E "stat::number_of_executed_units|stat::peak_rss_mb" "$log" || true
done
