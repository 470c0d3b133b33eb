// SPDX-License-Identifier: Apache-2.0
/// @file
/// Morphemes by MeCab, for Korean with mecab-ko-dic. Needs MeCab 0.996 or later: link with -lmecab.
#pragma once

#include <mecab.h>

#include <array>
#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <kindred/text/concept.hpp>
#include <memory>
#include <string>

namespace kindred::interop {

/// Which dictionaries MeCab works with.
struct mecab_options {
  std::string dictionary{};       ///< folder of a compiled dictionary in UTF-8; empty: the one of MeCab's own settings
  std::string user_dictionary{};  ///< file of a compiled user dictionary; empty: none
};

/// Text cut into morphemes by MeCab, as a text::TaggingTokenizer. The tag is the first field of a morpheme's features:
/// with mecab-ko-dic a tag of the Sejong corpus, several joined by "+" where a form holds several; for words that the
/// dictionary does not know, what it says for them.
///
/// Forms are as they stand in the text; white space is left out. Copies share the dictionary. Safe to use from several
/// threads.
///
/// Complexity   MeCab's; a lattice is made for each text.
/// Errors       io_error when MeCab cannot open the dictionary (which is read from its files by MeCab, so dictionaries
///              from strangers are not for it) or it is not in UTF-8; argument_error where it cannot cut a text.
/// Reference    Kudo, Yamamoto and Matsumoto 2004, https://taku910.github.io/mecab
class mecab_tokenizer {
 public:
  explicit mecab_tokenizer(const mecab_options& options = {}) {
    // a settings file is read in any case; with a dictionary of one's own it should say nothing
    std::string name = "mecab", settings = "--rcfile=/dev/null", folder = "--dicdir=" + options.dictionary,
                user = "--userdic=" + options.user_dictionary;
    std::array<char*, 4> arguments{name.data()};
    int count = 1;
    const auto add = [&](std::string& argument) { arguments[static_cast<std::size_t>(count++)] = argument.data(); };
    if (!options.dictionary.empty()) {
      add(settings);
      add(folder);
    }
    if (!options.user_dictionary.empty()) add(user);
    model_.reset(mecab_model_new(count, arguments.data()), [](mecab_model_t* m) {
      if (m) mecab_model_destroy(m);
    });
    const std::string& place = options.dictionary.empty() ? name : options.dictionary;
    expects<io_error>(model_ != nullptr, "{}: MeCab: {}", place, problem(mecab_strerror(nullptr)));
    tagger_.reset(mecab_model_new_tagger(model_.get()), [](mecab_t* t) {
      if (t) mecab_destroy(t);
    });
    expects<io_error>(tagger_ != nullptr, "{}: MeCab: {}", place, problem(mecab_strerror(nullptr)));
    for (const auto* d = mecab_model_dictionary_info(model_.get()); d != nullptr; d = d->next) {
      const std::string charset = d->charset == nullptr ? "" : d->charset;
      std::string plain;
      for (const char c : charset)
        if (c != '-' && c != '_') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
      expects<io_error>(plain == "utf8", "{}: the dictionary {} is in {}, expected UTF-8", place, problem(d->filename),
                        charset);
    }
  }

  /// Calls emit(std::string_view) for each morpheme.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tagged(text, [&](text::tagged_token token) { emit(token.form); });
  }
  /// Calls emit(text::tagged_token) for each morpheme.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const {
    const std::unique_ptr<mecab_lattice_t, void (*)(mecab_lattice_t*)> lattice(mecab_model_new_lattice(model_.get()),
                                                                               &mecab_lattice_destroy);
    expects<argument_error>(lattice != nullptr, "interop::mecab_tokenizer: MeCab has no memory for a lattice");
    mecab_lattice_set_sentence2(lattice.get(), text.data() == nullptr ? "" : text.data(), text.size());
    expects<argument_error>(mecab_parse_lattice(tagger_.get(), lattice.get()) != 0, "interop::mecab_tokenizer: {}",
                            problem(mecab_lattice_strerror(lattice.get())));
    for (const mecab_node_t* n = mecab_lattice_get_bos_node(lattice.get()); n != nullptr; n = n->next) {
      if (n->stat != MECAB_NOR_NODE && n->stat != MECAB_UNK_NODE) continue;
      const std::string_view features(n->feature == nullptr ? "" : n->feature);
      emit(text::tagged_token{{n->surface, n->length}, features.substr(0, features.find(','))});
    }
  }

 private:
  static const char* problem(const char* text) { return text == nullptr ? "" : text; }

  std::shared_ptr<mecab_model_t> model_;
  std::shared_ptr<mecab_t> tagger_;
};

static_assert(text::TaggingTokenizer<mecab_tokenizer>);

}  // namespace kindred::interop
