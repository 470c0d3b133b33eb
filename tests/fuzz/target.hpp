// SPDX-License-Identifier: Apache-2.0
/// @file
/// A format under test is a struct, used by its fuzz target here and by the mutation test of the normal run:
///
///   static std::vector<std::string> seeds();             small valid files
///   static constexpr const char* alphabet;               bytes that mean something in it
///   static bool load(std::span<const std::byte> bytes);  true where it loads, false at an io_error; all else is a
///   finding
///
/// KINDRED_FUZZ_TARGET(format) makes the entry of libFuzzer of it; with KINDRED_WRITE_SEEDS a program that writes its
/// seeds to a folder. run.sh does both.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <kindred/core/error.hpp>
#include <kindred/io/limits.hpp>
#include <span>
#include <string>
#include <vector>

namespace fuzz {

/// Small enough that memory stays small whatever a file claims.
inline constexpr kindred::io::limits limits{.bytes = 1 << 20,
                                            .rows = 1 << 14,
                                            .dimensions = 1 << 12,
                                            .entries = 256,
                                            .non_finite = kindred::io::non_finite::keep};

/// True where f() returns, false where it throws io_error.
template <class F>
bool loads(F f) {
  try {
    f();
    return true;
  } catch (const kindred::io_error&) {
    return false;
  }
}

/// Whether one of several ways loaded; all of them are tried, in their order.
inline bool any_loaded(std::initializer_list<bool> ways) {
  for (const bool loaded : ways)
    if (loaded) return true;
  return false;
}

/// Ends the program: what was loaded contradicts itself.
inline void check(bool ok) {
  if (!ok) std::abort();
}

/// The path of a file that holds `bytes` until the next call, for what reads nothing but files. It goes with the
/// program.
inline const std::string& file_of(std::span<const std::byte> bytes) {
  static const struct file {
    std::string path = (std::filesystem::temp_directory_path() / "kindred_fuzz_XXXXXX").string();
    file() {
      const int made = ::mkstemp(path.data());
      check(made >= 0);
      ::close(made);
    }
    ~file() { std::remove(path.c_str()); }
  } kept;
  std::ofstream(kept.path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return kept.path;
}

/// The bytes of a file of what can be saved with others; Writer is io::safetensors_writer.
template <class Writer, class Part>
std::string saved(const Part& part) {
  const std::string& path = file_of({});
  Writer file;
  part.save(file, "");
  file.write(path);
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Uses what was loaded, which may be of other sizes than the call wants: a refusal by name is no finding.
template <class F>
void use(F f) {
  try {
    f();
  } catch (const kindred::shape_error&) {
  } catch (const kindred::argument_error&) {
  }
}

/// Folder of the fixtures, from the root of the sources.
inline std::string fixture(const std::string& name) {
#if defined(KINDRED_SOURCE_DIR)
  std::ifstream in(KINDRED_SOURCE_DIR "/tests/data/" + name, std::ios::binary);
#else
  std::ifstream in("tests/data/" + name, std::ios::binary);
#endif
  check(static_cast<bool>(in));
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace fuzz

#if defined(KINDRED_WRITE_SEEDS)
#define KINDRED_FUZZ_TARGET(format)                                                                   \
  int main(int, char** argv) {                                                                        \
    int i = 0;                                                                                        \
    for (const std::string& seed : format::seeds())                                                   \
      std::ofstream(std::string(argv[1]) + "/seed_" + std::to_string(i++), std::ios::binary) << seed; \
  }
#else
#define KINDRED_FUZZ_TARGET(format)                                                           \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {         \
    format::load(std::span<const std::byte>(reinterpret_cast<const std::byte*>(data), size)); \
    return 0;                                                                                 \
  }
#endif
