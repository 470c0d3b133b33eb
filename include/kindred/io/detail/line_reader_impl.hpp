// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstring>
#include <kindred/io/detail/text_impl.hpp>
#include <kindred/io/line_reader.hpp>

namespace kindred::io {

KINDRED_INLINE line_reader::line_reader(const std::string& path, std::span<const stream_format> formats,
                                        line_options options)
    : line_reader(open_stream(path, formats), options) {}

KINDRED_INLINE line_reader::line_reader(std::unique_ptr<byte_stream> from, line_options options)
    : from_(std::move(from)), options_(options), buffer_(std::size_t(1) << 16) {
  expects<argument_error>(options.longest >= 1, "io::line_reader: longest is {}", options.longest);
}

KINDRED_INLINE bool line_reader::next(std::string_view& line) {
  std::size_t looked = begin_;  // no line feed before
  for (;;) {
    const char* const data = buffer_.data();
    const void* const found = end_ > looked ? std::memchr(data + looked, '\n', end_ - looked) : nullptr;
    const std::size_t stop = found != nullptr ? static_cast<std::size_t>(static_cast<const char*>(found) - data) : end_;
    const bool too_long = stop - begin_ > static_cast<std::size_t>(options_.longest) + 1;
    expects<io_error>(!too_long, "{}: line {}: longer than {} bytes", from_->name(), number_ + 1, options_.longest);
    if (found != nullptr || (ended_ && end_ > begin_)) {
      line = {data + begin_, stop - begin_};
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (number_ == 0 && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
      expects<io_error>(static_cast<index_t>(line.size()) <= options_.longest, "{}: line {}: longer than {} bytes",
                        from_->name(), number_ + 1, options_.longest);
      begin_ = stop + (found != nullptr ? 1 : 0);
      ++number_;
      return true;
    }
    if (ended_) return false;
    // room for more: what is left goes to the front, and a full buffer grows
    std::memmove(buffer_.data(), data + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    looked = end_;
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const index_t got = from_->read(buffer_.data() + end_, static_cast<index_t>(buffer_.size() - end_));
    end_ += static_cast<std::size_t>(got);
    ended_ = got == 0;
  }
}

}  // namespace kindred::io
