// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstring>
#include <kindred/core/random.hpp>
#include <kindred/text/corpus.hpp>

namespace kindred::text {

KINDRED_INLINE std::uint64_t detail::vocabulary_fingerprint(const vocabulary& words) {
  std::uint64_t sum = static_cast<std::uint64_t>(words.size());
  for (std::size_t i = 0; i < words.words().size(); ++i) {
    sum = random::bits(sum, static_cast<std::uint64_t>(words.counts()[i]), i);
    for (const char c : words.words()[i]) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  }
  return sum;
}

KINDRED_INLINE corpus::corpus(std::string path) : file_(std::move(path)) {
  const std::string& name = file_.name();
  expects<io_error>(std::endian::native == std::endian::little, "{}: corpora are read on little-endian machines", name);
  constexpr index_t head = detail::corpus_head_bytes, foot_bytes = static_cast<index_t>(sizeof(detail::corpus_foot));
  const index_t size = file_.size();
  const std::byte* const bytes = file_.bytes().data();
  expects<io_error>(
      size >= head + foot_bytes && std::memcmp(bytes, detail::corpus_head, sizeof detail::corpus_head) == 0,
      "{}: byte 0: no corpus (expected 64 bytes that begin with 'kindred corpus 1')", name);
  detail::corpus_foot foot{};
  std::memcpy(&foot, bytes + (size - foot_bytes), sizeof foot);
  expects<io_error>(std::memcmp(foot.mark, "kdcorpus", 8) == 0, "{}: byte {}: the end of the corpus is missing", name,
                    size - foot_bytes);
  const index_t space = size - head - foot_bytes, count = space / 4;
  const auto refuse = [&](bool ok, index_t at, const char* what) {
    expects<io_error>(ok, "{}: byte {}: {}", name, at, what);
  };
  refuse(space % 4 == 0 && foot.tokens >= 0 && foot.sentences >= 0 && foot.tokens <= count &&
             foot.sentences == count - foot.tokens,
         size - foot_bytes + 24, "tokens and sentences do not give the size of the file");
  refuse(foot.words >= 0 && foot.words < (index_t(1) << 31), size - foot_bytes + 8, "the number of words");
  tokens_ = foot.tokens;
  words_ = foot.words;
  fingerprint_ = foot.fingerprint;
  if (count == 0) return;
  entries_ = {reinterpret_cast<const label_t*>(bytes + head), static_cast<std::size_t>(count)};
  index_t ends = 0;
  label_t before = sentence_end;
  for (index_t i = 0; i < count; ++i) {
    const label_t id = entries_[static_cast<std::size_t>(i)];
    const bool fits = id == sentence_end ? before != sentence_end : id >= 0 && id < words_;
    if (!fits) refuse(false, head + 4 * i, id == sentence_end ? "an empty sentence" : "an id that is no word");
    ends += id == sentence_end;
    before = id;
  }
  refuse(ends == foot.sentences && before == sentence_end, size - foot_bytes + 32, "the number of sentences");
}

KINDRED_INLINE void corpus::check(const vocabulary& words) const {
  expects<argument_error>(words.size() == words_ && detail::vocabulary_fingerprint(words) == fingerprint_,
                          "{}: was encoded with another vocabulary ({} words; this one has {})", name(), words_,
                          words.size());
}

}  // namespace kindred::text
