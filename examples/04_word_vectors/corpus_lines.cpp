// SPDX-License-Identifier: Apache-2.0
#include "corpus_lines.hpp"

#include <kindred/interop/lzma.hpp>
#include <kindred/interop/zlib.hpp>
#include <kindred/io/line_reader.hpp>

namespace vectors {

void for_each_line(const std::string& path, const std::function<void(std::string_view line)>& visit) {
  const kindred::io::stream_format formats[] = {kindred::interop::gzip_format, kindred::interop::xz_format};
  kindred::io::line_reader lines(path, formats);
  for (std::string_view line; lines.next(line);) visit(line);
}

}  // namespace vectors
