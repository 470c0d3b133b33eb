// SPDX-License-Identifier: Apache-2.0
#include "lines.hpp"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <kindred/core/error.hpp>
#include <memory>

namespace sentence {

void for_each_line(const std::string& path, const std::function<void(kindred::index_t, std::string_view)>& visit) {
  using kindred::expects;
  using kindred::io_error;
  constexpr std::size_t longest = std::size_t(1) << 26;
  errno = 0;
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), &gzclose);
  expects<io_error>(file != nullptr, "{}: {}", path, errno != 0 ? std::strerror(errno) : "not enough memory");
  std::string rest, block(std::size_t(1) << 16, '\0');
  kindred::index_t number = 0;
  const auto put = [&](std::string_view line) {
    if (number == 0 && line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
    if (line.ends_with('\r')) line.remove_suffix(1);
    visit(++number, line);
  };
  for (;;) {
    errno = 0;
    const int came = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()));
    int status = Z_OK;
    const char* const why = gzerror(file.get(), &status);
    expects<io_error>(came >= 0 && (status == Z_OK || status == Z_STREAM_END), "{}: {}", path,
                      status == Z_ERRNO ? std::strerror(errno) : why);
    if (came == 0) break;
    std::string_view left(block.data(), static_cast<std::size_t>(came));
    for (std::size_t end = left.find('\n'); end != left.npos; end = left.find('\n')) {
      rest += left.substr(0, end);
      put(rest);
      rest.clear();
      left.remove_prefix(end + 1);
    }
    rest += left;
    expects<io_error>(rest.size() <= longest, "{}: line {} is longer than {} bytes", path, number + 1, longest);
  }
  if (!rest.empty()) put(rest);
}

}  // namespace sentence
