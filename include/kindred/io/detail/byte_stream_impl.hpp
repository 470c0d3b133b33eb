// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/byte_stream.hpp>

namespace kindred::io {

KINDRED_INLINE std::unique_ptr<byte_stream> open_stream(const std::string& path,
                                                        std::span<const stream_format> formats) {
  std::string start(8, '\0');
  {
    byte_source source(path);
    start.resize(static_cast<std::size_t>(std::min<index_t>(8, source.size())));
    source.read(start.data(), static_cast<index_t>(start.size()));
  }
  auto file = std::make_unique<file_stream>(path);
  for (const stream_format& format : formats)
    if (std::string_view(start).starts_with(format.start)) return format.decode(std::move(file));
  struct known {
    std::string_view start;
    const char *name, *header, *value;
  };
  for (const known& k : {known{"\x1f\x8b", "gzip", "zlib.hpp", "gzip_format"}, known{{"\xfd"
                                                                                      "7zXZ\0",
                                                                                      6},
                                                                                     "xz",
                                                                                     "lzma.hpp",
                                                                                     "xz_format"}})
    expects<io_error>(!std::string_view(start).starts_with(k.start),
                      "{}: compressed by {}, so include kindred/interop/{} and give the reader interop::{}", path,
                      k.name, k.header, k.value);
  return file;
}

}  // namespace kindred::io
