// SPDX-License-Identifier: Apache-2.0
// clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -I include tests/fuzz/npy.cpp -o fuzz_npy
// ./fuzz_npy -max_total_time=60 CORPUS tests/data/io
#include <cstdint>
#include <cstdlib>
#include <kindred/io/npy.hpp>

namespace io = kindred::io;

namespace {

template <class T>
void load(std::span<const std::byte> bytes, io::non_finite policy) {
  try {
    io::byte_source source(bytes, "memory");
    const auto a = io::read_npy<T>(source, {.non_finite = policy});
    kindred::index_t count = 1;
    for (const auto length : a.shape) count *= length;
    if (count != static_cast<kindred::index_t>(a.values.size())) std::abort();
  } catch (const kindred::io_error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes(reinterpret_cast<const std::byte*>(data), size);
  load<float>(bytes, io::non_finite::keep);
  load<double>(bytes, io::non_finite::refuse);
  load<std::int32_t>(bytes, io::non_finite::refuse);
  load<std::int64_t>(bytes, io::non_finite::keep);
  load<std::uint8_t>(bytes, io::non_finite::refuse);
  return 0;
}
