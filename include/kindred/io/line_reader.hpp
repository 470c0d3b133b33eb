// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/byte_stream.hpp>
#include <vector>

namespace kindred::io {

/// How lines are read.
struct line_options {
  index_t longest = index_t(1) << 24;  ///< bytes of a line; a longer one is an io_error
};

/// The lines of a text of any size, one after the other, without line feeds and the carriage returns before them. Holds
/// one buffer that grows to the longest line. A byte order mark at the start is dropped. Other bytes are passed on as
/// they are; text::normalize and the tokenizers say what happens to those that are no UTF-8.
///
///     const io::stream_format formats[] = {interop::gzip_format, interop::xz_format};
///     io::line_reader lines("corpus.txt.xz", formats);
///     for (std::string_view line; lines.next(line);) ...
///
/// Complexity   O(bytes).
/// Errors       io_error that names file and byte or line: as open_stream, what a decoder refuses, a line longer than
///              `longest`.
class line_reader {
 public:
  /// Opens the file `path`, compressed or not.
  explicit line_reader(const std::string& path, std::span<const stream_format> formats = {}, line_options options = {});
  /// Reads a stream to its end.
  explicit line_reader(std::unique_ptr<byte_stream> from, line_options options = {});

  /// The next line, valid until the next call; false at the end. What stands behind the last line feed is a line unless
  /// it is empty.
  bool next(std::string_view& line);
  /// Lines given so far.
  index_t number() const { return number_; }
  /// The byte of the file that was read last, for progress.
  index_t position() const { return from_->position(); }

 private:
  std::unique_ptr<byte_stream> from_;
  line_options options_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  // of what is read and not given yet
  index_t number_ = 0;
  bool ended_ = false;
};

}  // namespace kindred::io

#if !defined(KINDRED_COMPILED)
#include <kindred/io/detail/line_reader_impl.hpp>
#endif
