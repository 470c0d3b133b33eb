// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <kindred/text/hangul.hpp>
#include <kindred/text/korean_stems.hpp>
#include <kindred/text/korean_table_impl.hpp>
#include <kindred/text/utf8.hpp>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace kindred::text {

namespace detail {

/// Syllables of a run.
inline std::size_t syllables(std::string_view run) { return run.size() / 3; }
/// Whether a word is of Hangul syllables and nothing else.
inline bool of_syllables(std::string_view word) {
  for (std::size_t at = 0; at < word.size(); at += 3)
    if (!hangul::is_syllable(utf8_front(word.substr(at)).code_point)) return false;
  return !word.empty();
}
inline std::string_view last_syllables(std::string_view run, std::size_t n) {
  return run.substr(run.size() - std::min(run.size(), 3 * n));
}

/// 0 for an open syllable at the end, 8 for ㄹ, 20 for ㅆ.
inline char32_t final_consonant(std::string_view run) {
  return (utf8_front(last_syllables(run, 1)).code_point - 0xAC00) % 28;
}

inline bool fits(joint after, std::string_view run) {
  const char32_t final = final_consonant(run);
  return after == joint::any || (after == joint::closed && final != 0) || (after == joint::open && final == 0) ||
         (after == joint::open_or_rieul && (final == 0 || final == 8));
}

/// Forms of a table by their last syllable, the longest first.
template <class Form>
class suffix_table {
 public:
  template <std::size_t n>
  explicit suffix_table(const Form (&forms)[n]) {
    for (const Form& f : forms) entries_.push_back({key(f.form), &f});
    std::stable_sort(entries_.begin(), entries_.end(), [](const entry& a, const entry& b) {
      return a.last != b.last ? a.last < b.last : a.form->form.size() > b.form->form.size();
    });
  }
  /// Calls visit(form) for each form that ends `run`, until it says true.
  template <class Visit>
  bool any(std::string_view run, Visit visit) const {
    if (run.empty()) return false;
    const std::uint32_t last = key(run);
    auto at = std::lower_bound(entries_.begin(), entries_.end(), last,
                               [](const entry& e, std::uint32_t v) { return e.last < v; });
    for (; at != entries_.end() && at->last == last; ++at)
      if (run.ends_with(at->form->form) && visit(*at->form)) return true;
    return false;
  }

 private:
  struct entry {
    std::uint32_t last;
    const Form* form;
  };
  static std::uint32_t key(std::string_view run) { return utf8_front(last_syllables(run, 1)).code_point; }
  std::vector<entry> entries_;
};

using word_set = std::unordered_set<std::string_view>;

template <class F>
void each_of(std::string_view list, F f) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (end > at) f(list.substr(at, end - at));
    at = end + 1;
  }
}

inline word_set set_of(std::string_view list) {
  word_set out;
  each_of(list, [&](std::string_view word) { out.insert(word); });
  return out;
}

/// The tables of korean_table_impl.hpp, made ready for looking up.
struct korean_rules {
  suffix_table<particle> particles{detail::particles};
  suffix_table<ending> endings{detail::endings};
  suffix_table<fused_form> fused{fused_forms};
  word_set nouns = set_of(short_nouns), verbs = set_of(detail::verbs), closed = set_of(short_verbs),
           open = set_of(short_open_verbs), adjectives = set_of(detail::adjectives);
  std::unordered_map<std::string_view, std::string_view> whole;

  korean_rules() {
    for (const whole_word& w : whole_words)
      each_of(w.forms, [&](std::string_view word) { whole.emplace(word, w.tag); });
  }
  static const korean_rules& get() {
    static const korean_rules rules;
    return rules;
  }
};

/// Particles one behind the other, the last one first.
struct particle_chain {
  std::array<const particle*, 4> of{};
  std::size_t count = 0;
};

/// Calls visit(stem, chain) for every way to take particles off the end of `run`; the stem is empty only when that is `allowed`.
template <class Visit>
void each_chain(const korean_rules& rules, std::string_view run, bool allowed, Visit& visit, unsigned groups = ~0u,
                particle_chain chain = {}) {
  if (chain.count == chain.of.size()) return;
  rules.particles.any(run, [&](const particle& p) {
    const std::string_view stem = run.substr(0, run.size() - p.form.size());
    if ((p.group & groups) == 0 || (stem.empty() ? !allowed : !fits(p.after, stem))) return false;
    particle_chain longer = chain;
    longer.of[longer.count++] = &p;
    visit(stem, longer);
    if (!stem.empty()) each_chain(rules, stem, allowed, visit, p.before, longer);
    return false;
  });
}

}  // namespace detail

KINDRED_INLINE korean_stems::korean_stems(const word_counts& words, korean_stems_options options) {
  expects<argument_error>(options.fewest >= 0 && options.variety >= 0,
                          "text::korean_stems: fewest {} and variety {}, but both must be at least 0", options.fewest,
                          options.variety);
  const auto& rules = detail::korean_rules::get();
  std::vector<std::size_t> seen;
  words.each([&](std::string_view word, std::int64_t count) {
    if (count < options.fewest || !detail::of_syllables(word)) return;
    seen.assign(1, word.size());
    variety_.add(word);
    auto visit = [&](std::string_view stem, const detail::particle_chain&) {
      if (std::find(seen.begin(), seen.end(), stem.size()) != seen.end()) return;
      seen.push_back(stem.size());
      variety_.add(stem);
    };
    detail::each_chain(rules, word, false, visit);
  });
  variety_.prune(options.variety);
}

KINDRED_INLINE korean_stems::korean_stems(const vocabulary& stems, const std::string& place) {
  for (label_t i = 0; i < stems.size(); ++i) {
    expects<io_error>(detail::of_syllables(stems.word(i)), "{}stems.bytes: stem {} is not of Hangul syllables", place,
                      i);
    variety_.add(stems.word(i), stems.count(i));
  }
}

}  // namespace kindred::text
