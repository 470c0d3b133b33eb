// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/io/byte_stream.hpp>
#include <string>

/// A text as a stream that gives at most `piece` bytes at a time.
class text_stream final : public kindred::io::byte_stream {
 public:
  text_stream(std::string text, kindred::index_t piece) : text_(std::move(text)), piece_(piece) {}
  kindred::index_t read(void* to, kindred::index_t most) override {
    const auto here = std::min({most, piece_, static_cast<kindred::index_t>(text_.size()) - at_});
    std::copy_n(text_.data() + at_, here, static_cast<char*>(to));
    at_ += here;
    return here;
  }
  const std::string& name() const override { return name_; }
  kindred::index_t position() const override { return at_; }

 private:
  std::string text_, name_ = "text";
  kindred::index_t piece_, at_ = 0;
};

/// Everything that a stream gives, asked for `piece` bytes at a time.
inline std::string all_of(kindred::io::byte_stream& stream, std::size_t piece = 1000) {
  std::string out, part(piece, '\0');
  while (const auto got = stream.read(part.data(), static_cast<kindred::index_t>(piece)))
    out.append(part, 0, static_cast<std::size_t>(got));
  return out;
}
