// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <span>
#include <string>
#include <vector>

namespace kindred::io {

/// What an inflater is given and asked for.
enum class deflated {
  raw,         ///< a whole deflate stream, as zip holds it
  raw_start,   ///< its first bytes: as many as `to` holds, or all where there are fewer
  zlib,        ///< a deflate stream between the head and the checksum of zlib, which is compared
  zlib_start,  ///< its first bytes, as of raw_start; the checksum is not compared
};

/// A function that unpacks deflate for the loaders of compressed files, which have none of their own:
/// interop::inflate of interop/zlib.hpp is one. `place` opens its messages; it returns how many bytes it has put into
/// `to`. A whole stream takes up exactly `from` and gives exactly as many bytes as `to` holds; nothing is written
/// beyond `to`, whatever the stream says.
///
/// Errors       io_error: a stream that is broken, cut short or followed by something, that gives more or fewer bytes,
///              a wrong checksum.
/// Reference    RFC 1950 and 1951.
using inflater = std::size_t (*)(deflated what, std::span<const std::byte> from, std::span<std::byte> to,
                                 const std::string& place);

namespace detail {
/// What `inflate` makes of `from`, `bytes` at most; io_error where the caller of the loader gave none.
inline std::vector<std::byte> inflated(io::inflater inflate, deflated what, std::span<const std::byte> from,
                                       index_t bytes, const std::string& place) {
  expects<io_error>(inflate != nullptr,
                    "{}: compressed, so include kindred/interop/zlib.hpp and give the loader interop::inflate", place);
  std::vector<std::byte> to(static_cast<std::size_t>(bytes));
  to.resize(inflate(what, from, to, place));
  return to;
}
}  // namespace detail

}  // namespace kindred::io
