// SPDX-License-Identifier: Apache-2.0
/// @file
/// Korean morphemes by Kiwi through its C interface (kiwi/capi.h). Written against the headers of versions 0.10 to 0.24
/// and run with 0.24.1; where the library is not installed, tests call a stand-in of its declarations. Link with
/// -lkiwi.
#pragma once

#include <kiwi/capi.h>

#include <kindred/core/error.hpp>
#include <kindred/core/types.hpp>
#include <kindred/text/concept.hpp>
#include <memory>
#include <string>

namespace kindred::interop {

namespace detail {
// the two forms that kiwi_init has had: from 0.22 on the dialects are the fourth argument, 0 is the standard language
inline kiwi_h opened(kiwi_h (*init)(const char*, int, int), const char* path, int build) {
  return init(path, 1, build);
}
inline kiwi_h opened(kiwi_h (*init)(const char*, int, int, int), const char* path, int build) {
  return init(path, 1, build, 0);
}
// the three forms that kiwi_analyze has had: options alone, two more arguments from 0.15 on, a record of options in
// 0.22
template <class R>
R best_analysis(R (*analyze)(kiwi_h, const char*, int, int), kiwi_h handle, const char* text, int match) {
  return analyze(handle, text, 1, match);
}
template <class R, class Blocked, class Cut>
R best_analysis(R (*analyze)(kiwi_h, const char*, int, int, Blocked, Cut), kiwi_h handle, const char* text, int match) {
  return analyze(handle, text, 1, match, nullptr, nullptr);
}
template <class R, class Options, class Cut>
R best_analysis(R (*analyze)(kiwi_h, const char*, int, Options, Cut), kiwi_h handle, const char* text, int match) {
  Options options{};
  options.match_options = match;
  options.dialect_cost = 3;
  return analyze(handle, text, 1, options, nullptr);
}
}  // namespace detail

/// How Kiwi works.
struct kiwi_options {
  int build = KIWI_BUILD_DEFAULT;               ///< KIWI_BUILD_...: dictionaries, kind of model
  int match = KIWI_MATCH_ALL_WITH_NORMALIZING;  ///< KIWI_MATCH_...: addresses, hashtags and so on as one token
};

/// Text cut into morphemes by Kiwi, as a text::TaggingTokenizer: tags of the Sejong corpus, and W_URL, W_EMAIL,
/// W_HASHTAG, W_MENTION, W_EMOJI, W_SERIAL.
///
/// Forms are Kiwi's: it takes contractions apart, so they need not stand in the text. Copies share the model.
///
/// Complexity   Kiwi's, one thread.
/// Errors       io_error, naming the folder, when Kiwi cannot load the model; argument_error for text with a zero byte
///              and where Kiwi cannot cut it.
/// Reference    https://github.com/bab2min/Kiwi
class kiwi_tokenizer {
 public:
  /// The model in the folder `path`.
  explicit kiwi_tokenizer(const std::string& path, kiwi_options options = {})
      : options_(options), kiwi_(detail::opened(&kiwi_init, path.c_str(), options.build), [](kiwi_h k) {
          if (k) kiwi_close(k);
        }) {
    expects<io_error>(kiwi_ != nullptr, "{}: Kiwi: {}", path, problem());
  }

  /// Calls emit(std::string_view) for each morpheme.
  template <class Emit>
  void operator()(std::string_view text, Emit&& emit) const {
    tagged(text, [&](text::tagged_token token) { emit(token.form); });
  }
  /// Calls emit(text::tagged_token) for each morpheme.
  template <class Emit>
  void tagged(std::string_view text, Emit&& emit) const {
    expects<argument_error>(text.find('\0') == std::string_view::npos,
                            "interop::kiwi_tokenizer: byte {} of the text is zero", text.find('\0'));
    const std::string closed(text);
    const std::shared_ptr<std::remove_pointer_t<kiwi_res_h>> found(
        detail::best_analysis(&kiwi_analyze, kiwi_.get(), closed.c_str(), options_.match), [](kiwi_res_h r) {
          if (r) kiwi_res_close(r);
        });
    expects<argument_error>(found != nullptr, "interop::kiwi_tokenizer: {}", problem());
    if (kiwi_res_size(found.get()) < 1) return;
    const int count = kiwi_res_word_num(found.get(), 0);
    for (int i = 0; i < count; ++i) {
      const char *const form = kiwi_res_form(found.get(), 0, i), *const tag = kiwi_res_tag(found.get(), 0, i);
      expects<argument_error>(form != nullptr && tag != nullptr, "interop::kiwi_tokenizer: {}", problem());
      emit(text::tagged_token{form, tag});
    }
  }

 private:
  static const char* problem() {
    const char* const text = kiwi_error();
    return text == nullptr ? "no reason given" : text;
  }

  kiwi_options options_;
  std::shared_ptr<std::remove_pointer_t<kiwi_h>> kiwi_;
};

static_assert(text::TaggingTokenizer<kiwi_tokenizer>);

}  // namespace kindred::interop
