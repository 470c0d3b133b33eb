// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/io/byte_source.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace kindred::io {

/// Bytes that come piece by piece and whose number nobody knows before the end: a file as it lies, or what a decoder
/// makes of another stream.
class byte_stream {
 public:
  byte_stream() = default;
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;
  virtual ~byte_stream() = default;

  /// Puts the next bytes to `to` and returns how many those are: 0 at the end, else 1 to `most`. `most` is at least 1.
  virtual index_t read(void* to, index_t most) = 0;
  /// For error messages: the file, and the byte of it that was read last.
  virtual const std::string& name() const = 0;
  virtual index_t position() const = 0;
  /// Bytes that are left; -1 where nobody knows.
  virtual index_t remaining() const { return -1; }
};

/// The bytes of a regular file as they lie there.
/// Errors  io_error as byte_source.
class file_stream final : public byte_stream {
 public:
  explicit file_stream(std::string path) : source_(std::move(path)) {}
  index_t read(void* to, index_t most) override {
    const index_t here = most < source_.remaining() ? most : source_.remaining();
    source_.read(to, here);
    return here;
  }
  const std::string& name() const override { return source_.name(); }
  index_t position() const override { return source_.position(); }
  index_t remaining() const override { return source_.remaining(); }

 private:
  byte_source source_;
};

/// How a compressed file is recognised and unpacked, for readers that have no decoders of their own:
/// interop::gzip_format of interop/zlib.hpp and interop::xz_format of interop/lzma.hpp are two.
struct stream_format {
  std::string_view name;   ///< for error messages
  std::string_view start;  ///< the bytes that such a file begins with
  std::unique_ptr<byte_stream> (*decode)(std::unique_ptr<byte_stream> from);
};

/// The file `path`, unpacked by the format that its first bytes ask for; as it lies where none of them does.
///
/// Errors  io_error: as file_stream; a file that begins as gzip or xz does where `formats` holds no such format.
std::unique_ptr<byte_stream> open_stream(const std::string& path, std::span<const stream_format> formats = {});

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/byte_stream_impl.hpp>
#endif
