// SPDX-License-Identifier: Apache-2.0
#include "words.hpp"

#include <algorithm>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/error.hpp>
#include <kindred/text/character_ngrams.hpp>
#include <kindred/text/jamo_ngrams.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <kindred/text/repeats.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>
#include <kindred/unicode/normalize.hpp>
#include <kindred/words/random_vectors.hpp>
#include <unordered_map>

namespace sentence {

namespace {

namespace unicode = kindred::unicode;
namespace words = kindred::words;
namespace text = kindred::text;
using kindred::expects;
using kindred::io_error;

/// Texts whose bytes are wrong are refused where they are read; what a model is asked about is taken as it comes.
constexpr auto replaced = unicode::invalid_bytes::replace;

template <class T>
cutter of(T tokenizer) {
  return [tokenizer](std::string_view from, const emitter& emit) { tokenizer(normalized(from), emit); };
}

constexpr const char* byte_pairs = "bpe";

struct known_tokenizer {
  const char* name;
  cutter (*make)();
};
const known_tokenizer tokenizers[] = {
    {"korean", [] { return of(text::korean{.invalid = replaced}); }},
    {"korean_nouns",
     [] {
       return of(text::part_of_speech_filter<text::korean>{text::korean{.invalid = replaced}, {"NN", "SL", "SH"}});
     }},
    {"script_runs", [] { return of(text::script_runs{.invalid = replaced}); }},
    {"whitespace", [] { return of(text::whitespace{.invalid = replaced}); }},
    {"characters", [] { return of(text::character_ngrams{.shortest = 1, .longest = 1, .invalid = replaced}); }},
    {"character_pairs", [] { return of(text::character_ngrams{.shortest = 2, .longest = 2, .invalid = replaced}); }},
    {"jamo",
     [] { return of(text::jamo_ngrams{.shortest = 1, .longest = 1, .within_words = false, .invalid = replaced}); }},
    {"jamo_triples", [] { return of(text::jamo_ngrams{.shortest = 3, .longest = 3, .invalid = replaced}); }},
};

}  // namespace

std::string normalized(std::string_view from) {
  return text::collapse_repeats{.longest_part = 2, .invalid = replaced}(unicode::nfc(from, replaced));
}

std::vector<std::string> known_tokenizers() {
  std::vector<std::string> names{byte_pairs};
  for (const auto& t : tokenizers) names.emplace_back(t.name);
  return names;
}

void tokenizer::make(const std::string& name) {
  if (name == byte_pairs)
    cut_ = [pieces = pieces_](std::string_view from, const emitter& emit) { (*pieces)(normalized(from), emit); };
  for (const auto& t : tokenizers)
    if (name == t.name) cut_ = t.make();
  expects<kindred::argument_error>(static_cast<bool>(cut_), "the tokenizer '{}' is unknown", name);
}

tokenizer::tokenizer(const std::string& name, const std::vector<std::string>& texts, const std::vector<index_t>& rows,
                     const training_settings& how) {
  if (name == byte_pairs) {
    text::word_counts counts;
    for (const index_t r : rows)
      counts.add(normalized(texts[static_cast<std::size_t>(r)]), text::whitespace{.normalize = false});
    pieces_ = std::make_shared<text::byte_pair_encoding>(counts, text::byte_pair_options{.symbols = how.symbols});
  }
  make(name);
}

tokenizer::tokenizer(cutter cut)
    : cut_([cut = std::move(cut)](std::string_view from, const emitter& emit) { cut(normalized(from), emit); }) {}

tokenizer::tokenizer(const std::string& name, const kindred::io::safetensors& file) {
  if (name == byte_pairs) {
    kindred::context<kindred::cpu> ctx;
    pieces_ = std::make_shared<text::byte_pair_encoding>(text::byte_pair_encoding::load(ctx, file, "pieces."));
  }
  make(name);
}

void tokenizer::save(kindred::io::safetensors_writer& file) const {
  if (pieces_) pieces_->save(file, "pieces.");
}

word_table read_vectors(const std::string& path, std::span<const kindred::io::stream_format> formats) {
  namespace io = kindred::io;
  return io::read_word_vectors<float>(
      path, {.not_utf8 = io::bad_word::skip, .repeated = io::bad_word::skip, .formats = formats});
}

text::vocabulary known_words(const std::vector<std::string>& texts, const std::vector<index_t>& rows,
                             const tokenizer& cut, const word_table* vectors, const training_settings& how) {
  text::word_counts counts;
  for (const index_t r : rows) counts.add(texts[static_cast<std::size_t>(r)], cut);
  counts.prune(how.fewest);
  if (vectors)
    for (const auto& word : vectors->words) counts.add(word);
  text::vocabulary words(counts, {.fewest = 1, .most_words = how.most_words});
  expects<kindred::argument_error>(words.size() > 0, "no word occurs {} times in the {} texts to learn from",
                                   how.fewest, rows.size());
  return words;
}

text::token_lists encoded(const std::vector<std::string>& texts, const tokenizer& cut, const text::vocabulary& words,
                          index_t longest) {
  text::token_lists lists;
  std::vector<label_t> ids;
  for (const auto& t : texts) {
    ids.clear();
    words.encode(t, cut, ids);
    if (static_cast<index_t>(ids.size()) > longest) ids.resize(static_cast<std::size_t>(longest));
    lists.add(ids);
  }
  return lists;
}

std::vector<float> start_vectors(const text::vocabulary& words, const word_table* vectors, index_t dimension,
                                 std::uint64_t seed) {
  const words::random_vectors random{.dimension = dimension, .seed = seed};
  std::unordered_map<std::string_view, const float*> known;
  float scale = 1;
  if (vectors) {
    double squares = 0;
    for (const float v : vectors->values) squares += static_cast<double>(v) * static_cast<double>(v);
    // numbers uniform in (-1/4, 1/4) have the variance 1/48
    if (squares > 0)
      scale = static_cast<float>(std::sqrt(static_cast<double>(vectors->values.size()) / (48 * squares)));
    for (std::size_t i = 0; i < vectors->words.size(); ++i)
      known.emplace(vectors->words[i], vectors->values.data() + i * static_cast<std::size_t>(vectors->cols));
  }
  std::vector<float> out;
  out.reserve(static_cast<std::size_t>(words.size() * dimension));
  for (const auto& word : words.words()) {
    const auto at = known.find(word);
    if (at != known.end())
      for (index_t j = 0; j < dimension; ++j) out.push_back(scale * at->second[j]);
    else
      for (index_t j = 0; j < dimension; ++j) out.push_back(static_cast<float>(random.number(word, j)));
  }
  return out;
}

}  // namespace sentence
