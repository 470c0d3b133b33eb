// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <kindred/text/detail/korean_words_impl.hpp>
#include <kindred/text/detail/prepared_impl.hpp>
#include <kindred/text/korean_stems.hpp>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>
#include <vector>

namespace kindred::text {

namespace detail {

/// Syllables of a run.
inline std::size_t syllables(std::string_view run) { return run.size() / 3; }
/// Whether a word is of Hangul syllables and nothing else.
inline bool of_syllables(std::string_view word) {
  for (std::size_t at = 0; at < word.size(); at += 3)
    if (!unicode::hangul::is_syllable(utf8_front(word.substr(at)).code_point)) return false;
  return !word.empty();
}
inline std::string_view last_syllables(std::string_view run, std::size_t n) {
  return run.substr(run.size() - std::min(run.size(), 3 * n));
}

/// 0 for an open syllable at the end, 8 for ㄹ, 20 for ㅆ.
inline char32_t final_consonant(std::string_view run) { return (three_bytes(run, run.size() - 3) - 0xAC00) % 28; }

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
  static std::uint32_t key(std::string_view run) { return three_bytes(run, run.size() - 3); }
  std::vector<entry> entries_;
};

inline word_bits set_of(std::string_view list) {
  word_bits out;
  each_of(list, [&](std::string_view word) { out.put(std::string(word), 1); });
  return out;
}

/// The tables of korean_table_impl.hpp, made ready for looking up.
struct korean_rules {
  suffix_table<particle> particles{detail::particles};
  suffix_table<ending> endings{detail::endings};
  suffix_table<fused_form> fused{fused_forms};
  word_bits nouns = set_of(short_nouns), verbs = set_of(detail::verbs), closed = set_of(short_verbs),
            open = set_of(short_open_verbs), adjectives = set_of(detail::adjectives);
  word_bits open_copula = set_of(detail::open_copula), closed_copula = set_of(detail::closed_copula),
            roots = set_of(detail::roots), arising = set_of(arising_nouns), common = set_of(common_nouns),
            adverbs = set_of(joined_adverbs), dependent = set_of(dependent_nouns), demonstratives = set_of("이 그 저"),
            noun_suffixes = set_of("적 성 화 님 상 용"), clause_particles = set_of("는 가 를 은 이 을");
  verb_forms inflected, auxiliary, joined, following, suffixes, copula, come;
  word_bits particle_words, verb_endings = endings_of_verbs(), closing;  // the last syllables of all forms of verbs

  korean_rules() {
    for (const whole_word& w : common_words) add_whole(w);
    for (const whole_word& w : whole_words) add_whole(w);
    for (const auto& c : common_stems) inflected.add_each(c.stems, c.change);
    auxiliary.add_each(auxiliary_stems);
    joined.add_each(joined_stems);
    following.add_each(following_stems);
    following.add_each("아깝 역겹 아쉽", stem_change::bieup);
    suffixes.add_each(suffix_stems);
    suffixes.add_each(suffix_adjectives, stem_change::bieup);
    copula.add_each("이");
    come.add_each("나 내");
    for (const particle& p : detail::particles) particle_words.put(std::string(p.form), 1);
    for (const auto* list : {&inflected, &auxiliary, &joined, &following, &suffixes, &copula, &come})
      list->each([&](std::string_view word, unsigned form) {
        if (form & (infinitive | with_n | with_l | with_m)) closing.put(std::string(last_syllables(word, 1)), 1);
      });
    for (const auto* list : {&verb_endings, &open_copula, &closed_copula})
      list->each([&](std::string_view word, unsigned) { closing.put(std::string(last_syllables(word, 1)), 1); });
  }
  /// The tag of a word that stays whole, empty for any other word.
  std::string_view whole(std::string_view word) const {
    const unsigned at = whole_.of(word);
    return at == 0 ? std::string_view() : tags_[at - 1];
  }
  static const korean_rules& get() {
    static const korean_rules rules;
    return rules;
  }

 private:
  void add_whole(const whole_word& w) {
    tags_.push_back(w.tag);
    each_of(w.forms, [&](std::string_view word) {
      if (!whole_.contains(word)) whole_.put(std::string(word), static_cast<unsigned>(tags_.size()));
    });
  }

  word_bits whole_;
  std::vector<std::string_view> tags_;
};

/// Particles one behind the other, the last one first.
struct particle_chain {
  std::array<const particle*, 4> of{};
  std::size_t count = 0;
};

/// Calls visit(stem, chain) for every way to take particles off the end of `run`; the stem is empty only when that is
/// `allowed`.
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
