// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <kindred/interop/zlib.hpp>
#include <kindred/io/line_reader.hpp>

namespace sentence {

void for_each_line(const std::string& path, const std::function<void(kindred::index_t, std::string_view)>& visit) {
  const kindred::io::stream_format formats[] = {kindred::interop::gzip_format};
  kindred::io::line_reader lines(path, formats);
  for (std::string_view line; lines.next(line);) visit(lines.number(), line);
}

}  // namespace sentence
