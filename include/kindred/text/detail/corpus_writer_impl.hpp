// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstring>
#include <kindred/text/corpus_writer.hpp>

namespace kindred::text {

KINDRED_INLINE corpus_writer::corpus_writer(std::string path, const vocabulary& words, corpus_options options)
    : file_(std::move(path)), words_(words), options_(options) {
  expects<argument_error>(options.longest_sentence >= 1, "text::corpus_writer: longest_sentence is {}",
                          options.longest_sentence);
  expects<io_error>(std::endian::native == std::endian::little, "corpora are written on little-endian machines");
  char head[detail::corpus_head_bytes] = {};
  std::memcpy(head, detail::corpus_head, sizeof detail::corpus_head);
  file_.write(head, sizeof head);
}

KINDRED_INLINE void corpus_writer::add(std::span<const label_t> ids) {
  for (const label_t id : ids)
    expects<argument_error>(id >= 0 && id < words_.size(), "text::corpus_writer: id {} of {} words", id, words_.size());
  append(ids);
}

KINDRED_INLINE void corpus_writer::append(std::span<const label_t> ids) {
  constexpr std::size_t buffered = std::size_t(1) << 16;
  while (!ids.empty()) {
    const std::size_t here = std::min(ids.size(), static_cast<std::size_t>(options_.longest_sentence));
    buffer_.insert(buffer_.end(), ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(here));
    buffer_.push_back(corpus::sentence_end);
    tokens_ += static_cast<index_t>(here);
    ++sentences_;
    ids = ids.subspan(here);
    if (buffer_.size() >= buffered) flush();
  }
}

KINDRED_INLINE void corpus_writer::flush() {
  file_.write(buffer_.data(), static_cast<index_t>(buffer_.size() * sizeof(label_t)));
  buffer_.clear();
}

KINDRED_INLINE void corpus_writer::commit() {
  flush();
  detail::corpus_foot foot{};
  std::memcpy(foot.mark, "kdcorpus", 8);
  foot.words = words_.size();
  foot.fingerprint = detail::vocabulary_fingerprint(words_);
  foot.tokens = tokens_;
  foot.sentences = sentences_;
  file_.write(&foot, sizeof foot);
  file_.commit();
}

}  // namespace kindred::text
