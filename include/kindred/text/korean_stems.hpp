// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/stored.hpp>
#include <kindred/text/vocabulary.hpp>
#include <string_view>

namespace kindred::text {

/// What korean_stems learns from.
struct korean_stems_options {
  std::int64_t fewest = 2;   ///< words that occur less often say nothing
  std::int64_t variety = 3;  ///< stems seen with fewer particles than this are forgotten
};

/// With how many different particles (none counts as one) each possible stem occurs in a corpus.
///
/// 고양이 occurs with 가, 는, 를, 의, ..., so it is a word of its own; 사람이 occurs with next to none, so it is 사람 + 이.
/// text::korean keeps a word whole, or takes a shorter particle off, where the longer stem has at least half the
/// variety of the shorter one.
///
///     text::word_counts words;
///     for (line : corpus) words.add(line, text::script_runs{.latin = false, .digits = false});
///     const text::korean tokenizer{.stems = std::make_shared<text::korean_stems>(words)};
///
/// Complexity   O(bytes of the words); about 60 bytes and the stem for each stem while learning.
/// Determinism  depends on the counts only.
/// Errors       argument_error when fewest or variety is negative.
/// Reference    the idea of accessor variety: Feng, Chen, Deng and Zheng 2004, of particles behind a stem: soynlp's
///              noun extraction; the rule of one half is our own.
class korean_stems {
 public:
  explicit korean_stems(const word_counts& words, korean_stems_options options = {});

  /// Different particles seen behind `stem`, 0 where it was forgotten.
  std::int64_t variety(std::string_view stem) const { return variety_.count(stem); }
  /// Stems held.
  index_t size() const { return variety_.size(); }

  /// Adds the stems and their varieties, by variety, to a file under `prefix`: the same stems give the same bytes.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    vocabulary(variety_).save(file, prefix + "stems.");
  }
  /// Writes a file of its own, which appears whole or not at all. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    Writer file;
    save(file, "");
    file.write(path);
  }
  /// What was saved under `prefix`, or by save(path).
  /// Errors  io_error that names the file: another type, what is no vocabulary, a stem that is not of Hangul syllables.
  template <class Context, class File>
  static korean_stems load(Context& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    return korean_stems(vocabulary::load(ctx, file, prefix + "stems."), file.name() + ": " + prefix);
  }
  template <class File = io::safetensors, class Context>
  static korean_stems load(Context& ctx, const std::string& path) {
    const File file(path);
    return load(ctx, file, "");
  }

 private:
  static constexpr const char* file_type = "korean_stems 1";
  korean_stems(const vocabulary& stems, const std::string& place);

  word_counts variety_;
};

}  // namespace kindred::text

#if !defined(KINDRED_COMPILED)
#include <kindred/text/detail/korean_stems_impl.hpp>
#endif
