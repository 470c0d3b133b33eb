// SPDX-License-Identifier: Apache-2.0
/// @file
/// Deflate through zlib, for the loaders of compressed .npz and .mat files, and gzip for readers of streams. Needs zlib
/// 1.2.9 or later: link with -lz.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <kindred/io/byte_stream.hpp>
#include <kindred/io/inflater.hpp>
#include <limits>
#include <memory>
#include <vector>

namespace kindred::interop {

/// An io::inflater: unpacks `from` into `to` and returns how many bytes that are; io/inflater.hpp says what `what` asks
/// for. May be called from several threads.
///
///     const io::npz archive("features.npz", {}, interop::inflate);
///
/// Complexity   O(bytes in + bytes out); about 40 KiB of zlib's beside them.
/// Errors       io_error, "place: byte i of the compressed data: ...", those of io::inflater, or zlib has no memory.
/// Reference    zlib 1.2, https://zlib.net; RFC 1950 and 1951.
inline std::size_t inflate(io::deflated what, std::span<const std::byte> from, std::span<std::byte> to,
                           const std::string& place) {
  z_stream stream{};
  const bool raw = what == io::deflated::raw || what == io::deflated::raw_start;
  int status = inflateInit2(&stream, raw ? -15 : 15);
  expects<io_error>(status == Z_OK, "{}: zlib: {}", place, zError(status));
  const std::unique_ptr<z_stream, int (*)(z_streamp)> closing(&stream, &inflateEnd);

  const bool whole = what == io::deflated::raw || what == io::deflated::zlib;
  if (!whole) inflateValidate(&stream, 0);
  std::size_t taken = 0, filled = 0;
  const auto check = [&](bool ok, const char* message) {
    expects<io_error>(ok, "{}: byte {} of the compressed data: {}", place, taken, message);
  };
  constexpr std::size_t most = std::numeric_limits<uInt>::max();
  while (status == Z_OK && (whole || filled < to.size())) {
    const std::size_t in = std::min(most, from.size() - taken), out = std::min(most, to.size() - filled);
    Bytef beyond = 0;  // where `to` is full, the end of the stream is still to be read
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from.data() + taken));  // zlib only reads it
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = out > 0 ? reinterpret_cast<Bytef*>(to.data() + filled) : &beyond;
    stream.avail_out = out > 0 ? static_cast<uInt>(out) : 1;
    status = ::inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    if (out > 0)
      filled += out - stream.avail_out;
    else
      check(stream.avail_out == 1, "more bytes come out than expected");
  }
  check(status != Z_BUF_ERROR, "the stream ends");
  check(status == Z_OK || status == Z_STREAM_END, stream.msg != nullptr ? stream.msg : zError(status));
  if (whole) {
    check(taken == from.size(), "something follows the stream");
    check(filled == to.size(), "fewer bytes come out than expected");
  }
  return filled;
}

namespace detail {

/// What gzip members, one behind the other, hold.
class gzip_stream final : public io::byte_stream {
 public:
  explicit gzip_stream(std::unique_ptr<io::byte_stream> from) : from_(std::move(from)), buffer_(std::size_t(1) << 16) {
    const int status = inflateInit2(&stream_, 15 + 16);  // gzip and nothing else
    expects<io_error>(status == Z_OK, "{}: zlib: {}", name(), zError(status));
  }
  ~gzip_stream() override { inflateEnd(&stream_); }

  index_t read(void* to, index_t most) override {
    const index_t wanted = std::min<index_t>(most, index_t(1) << 30);
    stream_.next_out = static_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(wanted);
    while (stream_.avail_out == static_cast<uInt>(wanted)) {
      if (stream_.avail_in == 0) {
        const index_t got = from_->read(buffer_.data(), static_cast<index_t>(buffer_.size()));
        if (got == 0) {
          check(between_, "the stream ends");
          return 0;
        }
        stream_.next_in = buffer_.data();
        stream_.avail_in = static_cast<uInt>(got);
      }
      if (between_) check(inflateReset(&stream_) == Z_OK, "zlib cannot be reset");
      between_ = false;
      const int status = ::inflate(&stream_, Z_NO_FLUSH);
      check(status == Z_OK || status == Z_STREAM_END || (status == Z_BUF_ERROR && stream_.avail_in == 0),
            stream_.msg != nullptr ? stream_.msg : zError(status));
      between_ = status == Z_STREAM_END;
    }
    return wanted - static_cast<index_t>(stream_.avail_out);
  }
  const std::string& name() const override { return from_->name(); }
  index_t position() const override { return from_->position() - static_cast<index_t>(stream_.avail_in); }

 private:
  void check(bool ok, const char* message) {
    expects<io_error>(ok, "{}: byte {}: gzip: {}", name(), position(), message);
  }
  std::unique_ptr<io::byte_stream> from_;
  std::vector<Bytef> buffer_;
  z_stream stream_{};
  bool between_ = true;  // before a member: the file may end here, after the first
};

inline std::unique_ptr<io::byte_stream> decode_gzip(std::unique_ptr<io::byte_stream> from) {
  return std::make_unique<gzip_stream>(std::move(from));
}

}  // namespace detail

/// gzip for io::open_stream and io::line_reader: members one behind the other are one text; lengths and checksums are
/// compared.
///
/// Complexity   O(bytes in + bytes out); about 110 KiB.
/// Errors       io_error, "file: byte i: gzip: ...": a member that is broken, cut short, with a wrong checksum, or
///              followed by something that is no member.
/// Reference    RFC 1952.
inline constexpr io::stream_format gzip_format{"gzip", "\x1f\x8b", &detail::decode_gzip};

}  // namespace kindred::interop
