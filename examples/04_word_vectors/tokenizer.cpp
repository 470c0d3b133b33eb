// SPDX-License-Identifier: Apache-2.0
#include "tokenizer.hpp"

#include <kindred/core/error.hpp>
#include <kindred/text/korean.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <kindred/text/script_runs.hpp>
#include <kindred/text/whitespace.hpp>

namespace vectors {

namespace {

namespace kd = kindred;

// one bad byte in a corpus of gigabytes should not end the work
constexpr auto lenient = kd::unicode::invalid_bytes::replace;

}  // namespace

std::vector<std::string> known_tokenizers() { return {"script_runs", "whitespace", "korean"}; }

tokenizer::tokenizer(const tokenizer_settings& how, std::shared_ptr<const kd::text::korean_stems> stems) {
  const auto use = [this](auto cut) {
    cut_ = [cut](std::string_view text, const std::function<void(std::string_view)>& emit) { cut(text, emit); };
  };
  const bool korean = how.name == "korean";
  kd::expects<kd::argument_error>(how.tags.empty() || korean, "the tokenizer {} gives no tags, korean does", how.name);
  kd::expects<kd::argument_error>(!how.stems || korean, "the tokenizer {} cuts without stems, korean can use them",
                                  how.name);
  if (how.name == "script_runs")
    use(kd::text::script_runs{.invalid = lenient});
  else if (how.name == "whitespace")
    use(kd::text::whitespace{.invalid = lenient});
  else if (korean) {
    const kd::text::korean whole{.invalid = lenient, .stems = std::move(stems)};
    if (how.tags.empty())
      use(whole);
    else
      use(kd::text::part_of_speech_filter<kd::text::korean>{whole, how.tags});
  } else
    kd::expects<kd::argument_error>(false, "no tokenizer is called {}", how.name);
}

bool tokenizer::keeps_whole(std::string_view word) const {
  bool whole = false, more = false;
  cut_(word, [&](std::string_view token) {
    if (token == word)
      whole = true;
    else
      more = true;
  });
  return whole && !more;
}

}  // namespace vectors
