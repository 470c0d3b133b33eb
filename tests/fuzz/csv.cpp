// SPDX-License-Identifier: Apache-2.0
// clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I include tests/fuzz/csv.cpp -o fuzz_csv
// ./fuzz_csv -max_total_time=60 CORPUS
#include <cstdint>
#include <cstdlib>
#include <kindred/io/csv.hpp>

namespace io = kindred::io;

namespace {

template <class T>
void load(std::span<const std::byte> bytes, const io::csv_options& options) {
  try {
    io::byte_source source(bytes, "memory");
    const auto t = io::read_csv<T>(source, options);
    if (t.rows * t.cols != static_cast<kindred::index_t>(t.values.size())) std::abort();
    if (options.header && t.cols != static_cast<kindred::index_t>(t.names.size())) std::abort();
  } catch (const kindred::io_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  load<float>(bytes, {.header = true, .limits = {.non_finite = io::non_finite::keep}});
  load<double>(bytes, {});
  load<std::int64_t>(bytes, {.delimiter = ';'});
  return 0;
}
