// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/korean.hpp>
#include <kindred/text/korean_stems_impl.hpp>

namespace kindred::text {

namespace detail {

/// Cuts one run.
class korean_cutter {
 public:
  korean_cutter(std::string_view run, std::string_view before, const korean_stems* stems)
      : run_(run), before_(before), stems_(stems) {}

  korean_pieces cut() {
    if (attached() && whole_particles()) return out_;
    if (const auto at = rules_.whole.find(run_); at != rules_.whole.end() && before_ != "SN") {
      put(run_, at->second);
      return out_;
    }
    if (syllables(run_) == 1 && (run_ != "들" || before_.empty())) {
      put(run_, before_ == "SN" ? "NNB" : verb_alone(run_) ? "VV" : "NNG");
      return out_;
    }
    if (fused() || predicate(run_, false)) return out_;
    if (!bare_verb() && (nominalized() || particles())) return out_;
    put(run_, bare_verb() ? "VV" : present() ? "VV+EF" : noun_tag(run_));
    return out_;
  }

 private:
  void put(std::string_view form, std::string_view tag) { out_.of[out_.count++] = {form.size(), tag}; }
  void put_chain(const particle_chain& chain) {
    for (std::size_t i = chain.count; i-- > 0;) put(chain.of[i]->form, chain.of[i]->tag);
  }
  bool attached() const {
    return before_ == "SL" || before_ == "SH" || before_ == "SN" || before_ == "SS" || before_ == "SW" ||
           before_.starts_with("W_");
  }
  std::string_view noun_tag(std::string_view noun) const {
    if (before_ == "SN" && syllables(noun) == 1) return "NNB";
    const auto at = rules_.whole.find(noun);
    return at != rules_.whole.end() ? at->second : "NNG";
  }
  /// A stem that is a word as well, since it swallows the ending 아 or 어: 나가, 보내.
  bool bare_verb() const {
    const char32_t vowel = (utf8_front(last_syllables(run_, 1)).code_point - 0xAC00) / 28 % 21;
    return rules_.verbs.contains(run_) && vowel <= 6 && final_consonant(run_) == 0;
  }
  /// 보인다, 흐른다: whole, since ㄴ다 shares a syllable with the stem.
  bool present() const {
    constexpr std::string_view before =
        "한된진간온난든준본킨린인친른운낸둔긴쓴편연탄샌센낀띤앤란쏜뛴쉰룬춘꾼눈은본큰켠션변힌민빈딘신핀진닌";
    if (!run_.ends_with("다") || syllables(run_) < 2) return false;
    const std::string_view syllable = run_.substr(run_.size() - 6, 3);
    for (std::size_t at = 0; at < before.size(); at += 3)
      if (before.substr(at, 3) == syllable) return true;
    return false;
  }
  static bool verb_alone(std::string_view syllable) { return final_consonant(syllable) == 20; }

  /// Particles or the copula right behind a number, Latin letters or a bracket.
  bool whole_particles() {
    if (before_ == "SN" && (run_ == "만" || run_ == "도" || run_ == "대로" || run_ == "들")) return false;
    particle_chain found;
    auto visit = [&](std::string_view stem, const particle_chain& chain) {
      if (stem.empty() && (found.count == 0 || chain.count < found.count)) found = chain;
    };
    each_chain(rules_, run_, true, visit);
    if (found.count) {
      put_chain(found);
      return true;
    }
    return rules_.fused.any(run_, [&](const fused_form& f) {
      if (!f.copula || f.form != run_) return false;
      put(run_, f.tag);
      return true;
    });
  }

  /// Noun and a form of 하다, 되다, ..., or of the copula, that ends in the syllable it begins with or has merged with it.
  bool fused() {
    return rules_.fused.any(run_, [&](const fused_form& f) {
      const std::string_view noun = run_.substr(0, run_.size() - f.form.size());
      if (noun.empty() || !fits(f.after, noun) || final_consonant(noun) == 20) return false;
      if (f.copula) {
        if (syllables(noun) < 2 && !rules_.nouns.contains(noun) && before_ != "SN") return false;
        const std::string_view last = last_syllables(noun, 1);
        // 움직이다 is a verb, and so are 하였다 and 보였다
        if (f.form.starts_with("이") && rules_.verbs.contains(run_.substr(0, noun.size() + 3))) return false;
        if (f.form.starts_with("였") && (last == "하" || last == "보" || last == "이")) return false;
      } else if (syllables(noun) < 2 || noun.ends_with("에") ||
                 rules_.verbs.contains(run_.substr(0, noun.size() + 3))) {
        return false;
      }
      put(noun, noun_tag(noun));
      put(last_syllables(run_, syllables(f.form)), f.tag);
      return true;
    }) || relational();
  }

  /// 사회적인
  bool relational() {
    if (syllables(run_) < 3 || !run_.ends_with("적인")) return false;
    put(run_.substr(0, run_.size() - 3), "NNG");
    put(last_syllables(run_, 1), "VCP+ETM");
    return true;
  }

  bool predicate(std::string_view run, bool only_noun) {
    return rules_.endings.any(run, [&](const ending& e) {
      if (only_noun && e.tag != "ETN") return false;
      const std::string_view stem = run.substr(0, run.size() - e.form.size());
      if (stem.empty() || !stem_of_verb(stem, e)) return false;
      put(e.form, e.tag);
      return true;
    });
  }

  /// Puts the pieces of what stands before the ending, when that is a stem.
  bool stem_of_verb(std::string_view stem, const ending& e) {
    const std::string_view last = last_syllables(stem, 1);
    const char32_t final = final_consonant(stem);
    const bool free = (e.where & anywhere) != 0;
    if (last == "있" || last == "없") {
      if (!free && (e.where & behind_past) == 0) return false;
      put(stem, "VA");
      return true;
    }
    if (final == 20) {
      if (!free && (e.where & behind_past) == 0) return false;
      past(stem);
      return true;
    }
    if (!free && (e.where & (final == 0 ? behind_open : behind_closed)) == 0) return false;
    if (rules_.adjectives.contains(stem)) {
      put(stem, "VA");
      return true;
    }
    if (rules_.verbs.contains(stem) || (final != 0 && rules_.closed.contains(stem)) || stem == "하" || stem == "되") {
      put(stem, "VV");
      return true;
    }
    if (derived(stem)) return true;
    if (rules_.open.contains(stem) && (free || e.form == "고" || e.form == "며" || e.form == "던")) {
      put(stem, "VV");
      return true;
    }
    // a noun never ends so: 는 needs an open syllable as a particle
    if (!free && !(e.form == "는" && final != 0)) return false;
    const std::string_view noun = stem.substr(0, stem.size() - 3);
    if (last == "이" && syllables(noun) >= 2 && final_consonant(noun) != 0) {
      put(noun, noun_tag(noun));
      put(last, "VCP");
    } else {
      put(stem, "VV");
    }
    return true;
  }

  /// Noun of two syllables or more and 하, 되, 시키, 당하, 스럽, 롭.
  bool derived(std::string_view stem) {
    for (const std::string_view suffix : {"하", "되", "시키", "당하", "스럽", "롭"}) {
      if (!stem.ends_with(suffix) || stem.size() < suffix.size() + 6) continue;
      const std::string_view noun = stem.substr(0, stem.size() - suffix.size());
      if (noun.ends_with("당")) continue;  // 당하
      put(noun, noun_tag(noun));
      put(suffix, suffix == "스럽" || suffix == "롭" ? "XSA" : "XSV");
      return true;
    }
    return false;
  }

  /// A stem with the past tense or 겠, which may share a syllable with it.
  void past(std::string_view stem) {
    const std::string_view last = last_syllables(stem, 1), rest = stem.substr(0, stem.size() - 3);
    if (!rest.empty() && (last == "었" || last == "았" || last == "였" || last == "겠")) {
      const std::string_view end = last_syllables(rest, 1), noun = rest.substr(0, rest.size() - 3);
      if (rest == "하" || rest == "되" || rules_.verbs.contains(rest) || rules_.closed.contains(rest)) {
        put(rest, "VV");
      } else if (rules_.adjectives.contains(rest) || end == "있" || end == "없") {
        put(rest, "VA");
      } else if (derived(rest)) {
      } else if (last == "였" && final_consonant(rest) == 0 && syllables(rest) >= 2 && end != "하" && end != "보" &&
                 end != "이") {
        put(rest, noun_tag(rest));
        put(last, "VCP+EP");
        return;
      } else if (last == "었" && end == "이" && syllables(noun) >= 2) {
        put(noun, noun_tag(noun));
        put(end, "VCP");
      } else {
        put(rest, "VV");
      }
      put(last, "EP");
      return;
    }
    for (const std::string_view suffix : {"했", "됐", "시켰", "당했"}) {
      if (!stem.ends_with(suffix) || stem.size() < suffix.size() + 6 || stem.ends_with("당했") != (suffix == "당했"))
        continue;
      const std::string_view noun = stem.substr(0, stem.size() - suffix.size());
      put(noun, noun_tag(noun));
      put(suffix, "XSV+EP");
      return;
    }
    put(stem, "VV+EP");
  }

  /// A verb made a noun by 기 or 음, and particles: 사용하기에, 했음을.
  bool nominalized() {
    bool done = false;
    auto visit = [&](std::string_view stem, const particle_chain& chain) {
      if (done || syllables(stem) < 2 || !(stem.ends_with("기") || stem.ends_with("음"))) return;
      if (!predicate(stem, true)) return;
      put_chain(chain);
      done = true;
    };
    each_chain(rules_, run_, false, visit);
    return done;
  }

  bool particles() {
    std::string_view best;
    particle_chain of;
    bool listed = false;
    auto visit = [&](std::string_view stem, const particle_chain& chain) {
      if (listed || !can_be_noun(stem, chain)) return;
      listed = rules_.whole.contains(stem);
      if (!listed && of.count != 0 && stem.size() >= best.size()) return;
      best = stem;
      of = chain;
    };
    each_chain(rules_, run_, false, visit);
    if (stems_ && !listed && before_ != "SN") {
      // a longer stem that varies about as much as the shorter one is a word of its own
      std::int64_t variety = of.count == 0 ? 0 : stems_->variety(best);
      for (std::size_t n = best.size() + 3; of.count != 0 && n <= run_.size(); n += 3) {
        const std::string_view longer = run_.substr(0, n);
        if (of.of[of.count - 1]->group == plural && n == best.size() + 3) continue;
        const std::int64_t v = stems_->variety(longer);
        if (v < 4 || 2 * v < variety) continue;
        particle_chain rest;
        auto same = [&](std::string_view stem, const particle_chain& chain) {
          if (stem.size() == n) rest = chain;
        };
        each_chain(rules_, run_, false, same);
        if (rest.count == 0 && n != run_.size()) continue;
        best = longer;
        of = rest;
        variety = v;
        if (of.count == 0) break;
      }
    }
    if (of.count == 0) return false;
    const std::string_view tag = noun_tag(best);
    put(best, tag.starts_with("N") ? tag : best == "그" || best == "이" || best == "저" ? "NP" : "NNG");
    put_chain(of);
    return true;
  }

  bool can_be_noun(std::string_view stem, const particle_chain& chain) const {
    const particle& first = *chain.of[chain.count - 1];
    if (stem.ends_with("으") && first.form.starts_with("로")) return false;  // 식으로 is 식 + 으로
    if (stem.ends_with("나") && first.form.starts_with("라")) return false;  // 당나라는 is 당나라 + 는
    if (syllables(stem) >= 2) return true;
    if (first.group == plural) return false;
    if (before_ == "SN" || rules_.nouns.contains(stem)) return true;
    return stems_ && first.after != joint::any && stems_->variety(stem) >= 10;
  }

  const korean_rules& rules_ = korean_rules::get();
  std::string_view run_, before_;
  const korean_stems* stems_;
  korean_pieces out_;
};

}  // namespace detail

KINDRED_INLINE detail::korean_pieces detail::cut_korean(std::string_view run, std::string_view before,
                                                        const korean_stems* stems) {
  return korean_cutter(run, before, stems).cut();
}

}  // namespace kindred::text
