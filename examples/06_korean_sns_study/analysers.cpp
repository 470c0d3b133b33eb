// SPDX-License-Identifier: Apache-2.0
#include "analysers.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <kindred/core/error.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <kindred/text/repeats.hpp>
#include <kindred/text/social.hpp>
#include <kindred/text/vocabulary.hpp>
#include <kindred/unicode/normalize.hpp>
#include <kindred/unicode/utf8.hpp>
#if defined(SNS_HAS_MECAB)
#include <kindred/interop/mecab.hpp>
#endif
#if defined(SNS_HAS_KIWI)
#include <kindred/interop/kiwi.hpp>
#endif
#if defined(SNS_HAS_SENTENCEPIECE)
#include "learned_pieces.hpp"
#endif

namespace sns {

namespace {

namespace unicode = kindred::unicode;
namespace text = kindred::text;
using kindred::argument_error;
using kindred::expects;

constexpr auto replaced = unicode::invalid_bytes::replace;

}  // namespace

std::vector<analyser> analysers(const analyser_files& files) {
  std::vector<analyser> out{{"korean", "stems, particles and endings, by rules"},
                            {"korean_nouns", "the nouns of korean alone"},
                            {"whitespace", "what is between blanks"},
                            {"character_pairs", "every two adjacent characters"},
                            {"jamo_triples", "every three letters of a word"},
                            {"bpe", "byte pair encoding learned from the training texts"}};
#if defined(SNS_HAS_SENTENCEPIECE)
  out.push_back({"sentencepiece", "sentencepiece's unigram model learned from the training texts"});
#endif
#if defined(SNS_HAS_MECAB)
  if (!files.mecab.empty()) out.push_back({"mecab", "morphemes by MeCab"});
#endif
#if defined(SNS_HAS_KIWI)
  if (!files.kiwi.empty()) out.push_back({"kiwi", "morphemes by Kiwi"});
#endif
  expects<argument_error>(
      files.mecab.empty() || std::any_of(out.begin(), out.end(), [](const analyser& a) { return a.name == "mecab"; }),
      "{}: this program was built without MeCab (libmecab-dev)", files.mecab);
  expects<argument_error>(
      files.kiwi.empty() || std::any_of(out.begin(), out.end(), [](const analyser& a) { return a.name == "kiwi"; }),
      "{}: this program was built without Kiwi", files.kiwi);
  return out;
}

std::vector<std::string> analysers_not_compared(const analyser_files& files) {
  const auto known = analysers(files);
  std::vector<std::string> out;
  const auto add = [&](const std::string& name, bool built, const char* needs) {
    if (std::none_of(known.begin(), known.end(), [&](const analyser& a) { return a.name == name; }))
      out.push_back(name + ": not compared, " + (built ? needs : "this program was built without it"));
  };
  bool sentencepiece = false, mecab = false, kiwi = false;
#if defined(SNS_HAS_SENTENCEPIECE)
  sentencepiece = true;
#endif
#if defined(SNS_HAS_MECAB)
  mecab = true;
#endif
#if defined(SNS_HAS_KIWI)
  kiwi = true;
#endif
  add("sentencepiece", sentencepiece, "");
  add("mecab", mecab, "no dictionary (--mecab)");
  add("kiwi", kiwi, "no model (--kiwi)");
  return out;
}

std::string installed_mecab_dictionary() {
#if defined(SNS_HAS_MECAB)
  for (const char* folder : {static_cast<const char*>(std::getenv("KINDRED_MECAB_KO_DIC")), SNS_MECAB_KO_DIC,
                             "/usr/local/lib/mecab/dic/mecab-ko-dic", "/usr/lib/mecab/dic/mecab-ko-dic"}) {
    std::error_code ignored;
    if (folder && std::filesystem::is_regular_file(std::string(folder) + "/sys.dic", ignored)) return folder;
  }
#endif
  return {};
}

sentence::tokenizer made_analyser(const std::string& name, const std::vector<std::string>& texts,
                                  const std::vector<index_t>& rows, const sentence::training_settings& how,
                                  const analyser_files& files) {
  const auto known = analysers(files);
  expects<argument_error>(std::any_of(known.begin(), known.end(), [&](const analyser& a) { return a.name == name; }),
                          "the analyser '{}' is unknown, or was not given its model", name);
#if defined(SNS_HAS_SENTENCEPIECE)
  if (name == "sentencepiece") return sentence::tokenizer(learned_pieces(texts, rows, how.symbols));
#endif
#if defined(SNS_HAS_MECAB)
  if (name == "mecab")
    return sentence::tokenizer([cut = kindred::interop::mecab_tokenizer({.dictionary = files.mecab})](
                                   std::string_view from, const sentence::emitter& emit) { cut(from, emit); });
#endif
#if defined(SNS_HAS_KIWI)
  if (name == "kiwi")
    return sentence::tokenizer([cut = kindred::interop::kiwi_tokenizer(files.kiwi)](
                                   std::string_view from, const sentence::emitter& emit) { cut(from, emit); });
#endif
  return sentence::tokenizer(name, texts, rows, how);
}

std::string plain_text(std::string_view post) {
  const std::string from = text::separate_laughter{.invalid = replaced}(unicode::nfc(post, replaced));
  std::string out;
  const auto blank = [&] {
    if (!out.empty() && out.back() != ' ') out += ' ';
  };
  const char* end = nullptr;  // of the token before
  text::social{}.tagged(from, [&](text::tagged_token token) {
    if (token.form.data() != end) blank();
    end = token.form.data() + token.form.size();
    const auto tag = token.tag;
    if (tag == "W_HASHTAG") {
      blank();
      for (const char c : token.form.substr(token.form.find_first_not_of('#')))
        if (c == '_')
          blank();
        else
          out += c;
      blank();
    } else if (tag == "W_URL" || tag == "W_EMAIL" || tag == "W_MENTION" ||
               (tag.starts_with('S') && tag != "SL" && tag != "SH" && tag != "SN")) {
      blank();
    } else {
      out += token.form;
    }
  });
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::vector<std::string> frequent_nouns(const std::vector<std::string>& texts, const std::vector<index_t>& rows) {
  const text::part_of_speech_filter<text::korean> nouns{text::korean{.invalid = replaced}, {"NN"}};
  text::word_counts counts;
  for (const index_t r : rows)
    nouns(sentence::normalized(plain_text(texts[static_cast<std::size_t>(r)])), [&](std::string_view word) {
      if (unicode::decode_utf8(word).size() > 1) counts.add(word);
    });
  return text::vocabulary(counts).words();
}

}  // namespace sns
