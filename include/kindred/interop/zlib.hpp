// SPDX-License-Identifier: Apache-2.0
/// @file
/// Deflate through zlib, for the loaders of compressed .npz and .mat files. Needs zlib 1.2.9 or later: link with -lz.
#pragma once

#include <zlib.h>

#include <algorithm>
#include <kindred/io/inflater.hpp>
#include <limits>
#include <memory>

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
  int status = inflateInit2(&stream, what == io::deflated::raw ? -15 : 15);
  expects<io_error>(status == Z_OK, "{}: zlib: {}", place, zError(status));
  const std::unique_ptr<z_stream, int (*)(z_streamp)> closing(&stream, &inflateEnd);

  const bool whole = what != io::deflated::zlib_start;
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

}  // namespace kindred::interop
