// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <kindred/text/detail/korean_stems_impl.hpp>
#include <kindred/text/korean.hpp>

namespace kindred::text {

namespace detail {

/// Cuts one run.
class korean_cutter {
 public:
  korean_cutter(std::string_view run, std::string_view before, const korean_stems* stems)
      : run_(run), before_(before), end_(run.data() + run.size()), stems_(stems) {}

  korean_pieces cut() {
    if (attached() && whole_particles()) return out_;
    cut(run_);
    return out_;
  }

 private:
  void put(std::string_view form, std::string_view tag) {
    if (out_.count == out_.of.size())
      out_.of.back().length += form.size();
    else
      out_.of[out_.count++] = {form.size(), tag};
  }
  /// Whether there is room for the pieces of one more word.
  bool room() const { return out_.count + 8 <= out_.of.size(); }

  /// Cuts `run`, which begins or goes on where the pieces so far end.
  void cut(std::string_view run) {
    run_ = run;
    if (const auto tag = rules_.whole(run); !tag.empty() && before_ != "SN") {
      put(run, tag);
      return;
    }
    if (syllables(run) == 1 && (run != "들" || before_.empty())) {
      put(run, before_ == "SN" ? "NNB" : verb_alone(run) ? "VV" : "NNG");
      return;
    }
    if (before_ == "SN" && counted()) return;
    const bool word = before_ != "SN", closes = word && rules_.closing.ends(run);
    if (word && listed() && particles()) return;
    if (closes && verb()) return;
    if (word && behind_adverb()) return;
    if (fused() || (closes && (suffixed() || behind_noun())) || (word && relative())) return;
    if ((closes && be()) || (word && clause()) || predicate(run, false)) return;
    if (nominalized() || particles()) return;
    if (present()) {
      put(run, "VV+EF");
    } else if (run.ends_with("히") && syllables(run) >= 2) {
      put(run, "MAG");
    } else {
      put_noun(run);
    }
  }

  /// Whether the run is a known noun and a particle.
  bool listed() const {
    for (std::size_t at = 6; at < run_.size(); at += 3) {
      if (!rules_.particle_words.contains(run_.substr(at))) continue;
      if (common(run_.substr(0, at)) || rules_.whole(run_.substr(0, at)) == "NNG") return true;
    }
    return false;
  }

  /// A unit behind a number and what goes on behind it: 년전, 점대, 개정도.
  bool counted() {
    const std::string_view rest = run_.substr(3);
    for (const std::string_view word :
         {"전", "후", "간", "뒤", "째", "대", "초", "말", "동안", "이상", "이하", "정도", "짜리", "만에", "쯤"})
      if (rest.starts_with(word) && syllables(run_) > 1) {
        put(run_.substr(0, 3), "NNB");
        before_ = {};
        cut(rest);
        return true;
      }
    return false;
  }

  /// A noun of known ones, with a suffix of nouns.
  void put_noun(std::string_view noun) {
    const std::string_view tag = noun_tag(noun);
    if (tag != "NNG" || syllables(noun) < 3 || !room() || common(noun) || !rules_.whole(noun).empty()) {
      put(noun, tag);
      return;
    }
    for (std::size_t at = 6; at + 6 <= noun.size(); at += 3)
      if (common(noun.substr(0, at)) || common(noun.substr(at))) {
        put_noun(noun.substr(0, at));
        put_noun(noun.substr(at));
        return;
      }
    if (rules_.noun_suffixes.contains(last_syllables(noun, 1))) {
      put_noun(noun.substr(0, noun.size() - 3));
      put(last_syllables(noun, 1), "XSN");
      return;
    }
    if (rules_.demonstratives.contains(noun.substr(0, 3)) && common(noun.substr(3))) {
      put(noun.substr(0, 3), "MM");
      put(noun.substr(3), "NNG");
      return;
    }
    put(noun, "NNG");
  }
  bool common(std::string_view noun) const { return rules_.common.contains(noun); }

  /// Which forms of verbs the first syllables of a text are, for up to 8 of them.
  struct prefix_forms {
    std::array<unsigned, 8> of{};
    std::size_t count = 0;  ///< behind the longest prefix that is a form
    void find(std::string_view text, const verb_forms& forms) {
      count = 0;
      std::uint64_t h = word_bits::seed;
      for (std::size_t i = 0; i < of.size() && 3 * i < text.size(); ++i) {
        h = word_bits::key(h, text.data() + 3 * i);
        of[i] = forms.of(text.substr(0, 3 * i + 3), h);
        if (of[i] != 0) count = i + 1;
      }
    }
  };
  /// The forms of known verbs that `word`, a part of the run, begins with.
  const prefix_forms& known_forms(std::string_view word) {
    if (word.data() != known_at_) {
      known_at_ = word.data();
      known_.count = 0;
      if (rules_.inflected.begins(word))
        known_.find({word.data(), static_cast<std::size_t>(end_ - word.data())}, rules_.inflected);
    }
    return known_;
  }

  /// How a word is a form of a verb: bytes of the base and of the ending that follows it, after 겠 where `future` is
  /// set.
  struct inflection {
    std::size_t base = 0, future = 0;
    unsigned form = 0;  ///< the form of the base that the ending follows
    bool found() const { return form != 0; }
  };

  /// The inflection of `word` by stems of `forms`, the longest base first.
  inflection inflected(std::string_view word, const verb_forms& forms) const {
    if (!forms.begins(word)) return {};
    prefix_forms bits;
    bits.find(word, forms);
    return inflected(word, bits);
  }
  inflection inflected(std::string_view word, const prefix_forms& forms) const {
    inflection out;
    for (std::size_t at = 0; at < word.size() && at < 3 * forms.count; at += 3) {
      const unsigned bits = forms.of[at / 3];
      if (bits == 0) continue;
      const std::string_view base = word.substr(0, at + 3), rest = word.substr(at + 3);
      if (rest.empty()) {
        if (const unsigned alone = bits & (infinitive | with_n | with_l | with_m)) return {word.size(), 0, alone};
      } else if (rules_.verb_endings.begins(rest)) {
        if (const unsigned joint = bits & rules_.verb_endings.of(rest)) out = {base.size(), 0, joint};
      } else if ((bits & plain) != 0 && rest.starts_with("겠") &&
                 (rules_.verb_endings.of(rest.substr(3)) & past_form) != 0) {
        out = {base.size(), 3, past_form};
      }
    }
    return out;
  }

  /// The pieces of a form of a verb; `tag` is VV or what stands for it.
  void put_inflected(std::string_view word, const inflection& found, std::string_view tag) {
    const std::string_view base = word.substr(0, found.base), rest = word.substr(found.base);
    const bool noun = tag == "XSV";
    if (found.future != 0) {
      put(base, tag);
      put(rest.substr(0, 3), "EP");
      put(rest.substr(3), "EF");
    } else if ((found.form & (with_n | with_l | with_m | with_b)) != 0 &&
               !(found.form & (plain | before_n | infinitive))) {
      const bool m = (found.form & with_m) != 0;
      put(word, rest.empty() ? m      ? noun ? "XSV+ETN" : "VV+ETN"
                               : noun ? "XSV+ETM"
                                      : "VV+ETM"
                : noun       ? "XSV+EF"
                             : "VV+EF");
    } else if ((found.form & (infinitive | past_form)) != 0 && !(found.form & plain)) {
      const bool past = (found.form & past_form) != 0;
      const std::string_view last = last_syllables(base, 1), stem = base.substr(0, base.size() - 3);
      if (!stem.empty() &&
          (past ? last == "었" || last == "았" || last == "였" : last == "어" || last == "아" || last == "여")) {
        put(stem, tag == "VV" && adjective(stem) ? "VA" : tag);
        if (past) {
          put(last, "EP");
          put(rest, ending_tag(rest));
        } else {
          put(word.substr(stem.size()), "EC");
        }
      } else {
        put(base, past ? noun ? "XSV+EP" : "VV+EP" : noun ? "XSV+EC" : "VV+EC");
        if (!rest.empty()) put(rest, past ? ending_tag(rest) : "EC");
      }
    } else {
      put(base, tag);
      put(rest, ending_tag(rest));
    }
  }
  /// The tag of an ending behind a plain stem.
  static std::string_view ending_tag(std::string_view ending) {
    if (ending == "는" || ending == "은" || ending == "을" || ending == "던") return "ETM";
    if (ending == "음" || ending == "기") return "ETN";
    return ending == "다" || ending.ends_with("요") || ending.ends_with("니다") || ending == "네" ? "EF" : "EC";
  }
  static bool relative_form(std::string_view word, const inflection& found) {
    const std::string_view rest = word.substr(found.base);
    return rest.empty() ? (found.form & (with_n | with_l)) != 0
                        : rest == "는" || rest == "은" || rest == "을" || rest == "던";
  }

  /// A form of a known verb, with an auxiliary where there is one: 봤다, 만들어진, 하고싶은.
  bool verb() { return verb(run_); }
  bool verb(std::string_view word, bool relative_only = false) {
    const prefix_forms known = known_forms(word);
    if (known.count == 0) return false;
    if (const auto found = inflected(word, known); found.found()) {
      if (relative_only && !relative_form(word, found)) return false;
      put_inflected(word, found, adjective(word.substr(0, found.base)) ? "VA" : "VV");
      return true;
    }
    for (std::size_t at = 3; at < word.size() && at <= 3 * known.count; at += 3) {
      const unsigned bits = known.of[at / 3 - 1];
      if (bits == 0) continue;
      const std::string_view rest = word.substr(at);
      const bool joins = (bits & plain) != 0 && rest.size() > 3 &&
                         (rest.starts_with("고") || rest.starts_with("지") || rest.starts_with("게"));
      if (joins) {
        if (const auto found = inflected(rest.substr(3), rules_.joined); found.found()) {
          if (relative_only && !relative_form(rest.substr(3), found)) return false;
          put(word.substr(0, at), "VV");
          put(rest.substr(0, 3), "EC");
          put_inflected(rest.substr(3), found, "VV");
          return true;
        }
      }
      if ((bits & infinitive) == 0) continue;
      if (const auto found = inflected(rest, rules_.auxiliary); found.found()) {
        if (relative_only && !relative_form(rest, found)) return false;
        put(word.substr(0, at), "VV+EC");
        put_inflected(rest, found, "VX");
        return true;
      }
    }
    return false;
  }
  bool adjective(std::string_view stem) const { return rules_.adjectives.contains(stem); }

  /// An adverb and the verb it is written together with: 안되고, 너무재밌어요.
  bool behind_adverb() {
    if (!rules_.adverbs.begins(run_)) return false;
    const std::string_view run = run_;
    for (std::size_t at = 3; at < run.size() && at <= 9; at += 3) {
      if (rules_.adverbs.of(run.substr(0, at)) == 0 || run.size() < at + 3 ||
          (run.size() == 6 && at == 3 && run.substr(0, 3) != "안"))
        continue;
      const auto before = out_.count;
      put(run.substr(0, at), "MAG");
      if (verb(run.substr(at))) return true;
      if (rules_.whole(run.substr(at)) == "MAG") {
        put(run.substr(at), "MAG");
        return true;
      }
      out_.count = before;
    }
    return false;
  }

  /// A noun of two syllables or more and a form of 하다, 되다, 시키다, ...: 공부했다, 지루하네요.
  bool suffixed() {
    const std::string_view run = run_;
    for (std::size_t at = 6; at < run.size(); at += 3) {
      if (!rules_.suffixes.begins(run.substr(at))) continue;
      const std::string_view noun = run.substr(0, at), rest = run.substr(at);
      const auto found = inflected(rest, rules_.suffixes);
      if (!found.found() || (found.form == infinitive && rest.size() == found.base && rest != "해" && rest != "돼" &&
                             rest != "하여" && rest != "되어"))
        continue;
      if (noun.ends_with("에") || final_consonant(noun) == 20 || rules_.verbs.contains(run.substr(0, at + 3))) continue;
      put_root(noun);
      const bool adjective = rest.starts_with("스") || rest.starts_with("로") || rest.starts_with("롭");
      put_inflected(rest, found, adjective && found.form == plain ? "XSA" : "XSV");
      return true;
    }
    return false;
  }
  void put_root(std::string_view noun) {
    if (rules_.roots.contains(noun))
      put(noun, "XR");
    else
      put_noun(noun);
  }

  /// A noun and a verb that are written together: 의미없다, 쓰레기같은, 짜증나는.
  bool behind_noun() {
    const std::string_view run = run_;
    for (std::size_t at = 3; at < run.size(); at += 3) {
      const std::string_view noun = run.substr(0, at), rest = run.substr(at);
      const bool come = rules_.come.begins(rest), follows = rules_.following.begins(rest);
      if (syllables(rest) >= 2 && rules_.particle_words.contains(rest.substr(0, 6))) continue;
      if (at > 3 && syllables(rest) >= 2 && (rules_.inflected.begins(rest) || rules_.adverbs.begins(rest)) &&
          common(noun)) {
        const auto before = out_.count;
        put(noun, noun_tag(noun));
        if (verb(rest)) return true;
        run_ = rest;
        if ((rest.starts_with("안") || rest.starts_with("못")) && behind_adverb()) return true;
        run_ = run;
        out_.count = before;
      }
      if (!come && !follows) continue;
      inflection found;
      if (come && rules_.arising.contains(noun)) found = inflected(rest, rules_.come);
      if (!found.found() && follows && (at > 3 || rules_.nouns.contains(noun)))
        found = inflected(rest, rules_.following);
      if (!found.found() || found.base == rest.size()) continue;
      if (particle_then_verb(noun)) {
        const auto before = out_.count;
        run_ = noun;
        if (particles()) {
          put_inflected(rest, found, "VA");
          return true;
        }
        out_.count = before;
      }
      run_ = run;
      cut_noun(noun);
      put_inflected(rest, found, "VA");
      return true;
    }
    return false;
  }
  static bool particle_then_verb(std::string_view noun) {
    return syllables(noun) >= 3 &&
           (noun.ends_with("이") || noun.ends_with("가") || noun.ends_with("도") || noun.ends_with("은") ||
            noun.ends_with("는") || noun.ends_with("을") || noun.ends_with("를") || noun.ends_with("에"));
  }
  void cut_noun(std::string_view noun) {
    run_ = noun;
    if (!relative()) put_noun(noun);
  }

  /// A verb before the noun that it describes, written together: 보는것, 재밌는영화.
  bool relative() {
    const std::string_view run = run_;
    if (syllables(run) < 3 || !room()) return false;
    for (std::size_t at = run.size() - 3; at >= 6; at -= 3) {
      const std::string_view rest = run.substr(at);
      const char32_t final = final_consonant(run.substr(0, at));
      if (final != 4 && final != 8) continue;
      const bool dependent =
          rules_.dependent.contains(rest.substr(0, 3)) || rules_.dependent.contains(rest.substr(0, 6));
      if (!dependent && (syllables(rest) < 2 || listed_as_other(rest))) continue;
      const auto before = out_.count;
      run_ = run.substr(0, at);
      if (verb(run_, true) || relative_suffixed()) {
        cut(rest);
        run_ = run;
        return true;
      }
      out_.count = before;
      run_ = run;
    }
    return false;
  }
  bool relative_suffixed() {
    const auto before = out_.count;
    if (suffixed() && (out_.of[out_.count - 1].tag == "XSV+ETM" || out_.of[out_.count - 1].tag == "ETM")) return true;
    out_.count = before;
    return false;
  }
  bool listed_as_other(std::string_view word) const {
    const auto tag = rules_.whole(word);
    return !tag.empty() && !tag.starts_with("N");
  }

  /// A known noun, a particle and what is written on behind them: 스토리가쓰레기.
  bool clause() {
    const std::string_view run = run_;
    for (std::size_t at = 6; at + 9 <= run.size(); at += 3) {
      const std::string_view particle = run.substr(at, 3);
      if (!rules_.clause_particles.contains(particle)) continue;
      const std::string_view noun = run.substr(0, at), rest = run.substr(at + 3);
      const bool open = final_consonant(noun) == 0;
      if (!common(noun) || rest.starts_with("들") || !room()) continue;
      if (!(open ? particle == "는" || particle == "가" || particle == "를"
                 : particle == "은" || particle == "이" || particle == "을"))
        continue;
      put(noun, noun_tag(noun));
      put(particle, particle == "는" || particle == "은" ? "JX" : particle == "를" || particle == "을" ? "JKO" : "JKS");
      cut(rest);
      return true;
    }
    return false;
  }

  /// A noun and the copula: 영화네요, 최고다, 감동이에요.
  bool be() {
    const std::string_view run = run_;
    for (std::size_t at = 6; at < run.size(); at += 3) {
      const std::string_view noun = run.substr(0, at), rest = run.substr(at);
      const bool open = final_consonant(noun) == 0;
      if (final_consonant(noun) == 20) continue;
      bool found = false;
      if (open) found = rules_.open_copula.contains(rest);
      if (!found && rules_.copula.begins(rest)) {
        const auto how = inflected(rest, rules_.copula);
        found = how.found() && rest.size() >= 6 && !(open && rest.starts_with("여"));
      }
      if (!found) found = rules_.closed_copula.contains(rest) && !open;
      if (!found && rest == "임") found = true;
      if (!found) continue;
      if (rules_.verbs.contains(run.substr(0, at + 3)) ||
          (rest == "다" && rules_.particle_words.contains(last_syllables(run, 2))) ||
          (noun.ends_with("나") && rest.starts_with("라")))
        continue;
      cut_noun(noun);
      put(rest, "VCP+EF");
      return true;
    }
    return false;
  }
  void put_chain(const particle_chain& chain) {
    for (std::size_t i = chain.count; i-- > 0;) put(chain.of[i]->form, chain.of[i]->tag);
  }
  bool attached() const {
    return before_ == "SL" || before_ == "SH" || before_ == "SN" || before_ == "SS" || before_ == "SW" ||
           before_.starts_with("W_");
  }
  std::string_view noun_tag(std::string_view noun) const {
    if (before_ == "SN" &&
        (syllables(noun) == 1 || noun == "개월" || noun == "미터" || noun == "개국" || noun == "달러"))
      return "NNB";
    const auto tag = rules_.whole(noun);
    return !tag.empty() ? tag : rules_.roots.contains(noun) ? "XR" : "NNG";
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
      put_root(noun);
      put(last_syllables(run_, syllables(f.form)), f.tag);
      return true;
    }) || relational();
  }

  /// 사회적인
  bool relational() {
    if (syllables(run_) < 3 || !run_.ends_with("적인")) return false;
    put_noun(run_.substr(0, run_.size() - 3));
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
      put_root(noun);
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
      put_root(noun);
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
        put_noun(rest);
        put(last, "VCP+EP");
        return;
      } else if (last == "었" && end == "이" && syllables(noun) >= 2) {
        put_root(noun);
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
      put_root(noun);
      put(suffix, "XSV+EP");
      return;
    }
    put(stem, "VV+EP");
  }

  static bool nominal(std::string_view stem) {
    const char32_t final = final_consonant(stem);
    return final == 16 || final == 10 || stem.ends_with("기");
  }

  /// A verb made a noun by 기 or 음, and particles: 사용하기에, 했음을.
  bool nominalized() {
    bool possible = false, done = false;
    for (std::size_t at = 3; at <= run_.size(); at += 3) possible = possible || nominal(run_.substr(0, at));
    if (!possible) return false;
    auto visit = [&](std::string_view stem, const particle_chain& chain) {
      if (done || syllables(stem) < 2 || !nominal(stem) || !rules_.whole(stem).empty()) return;
      const auto before = out_.count;
      const bool known = verb(stem);
      if (known && !out_.of[out_.count - 1].tag.ends_with("ETN")) {
        out_.count = before;
        return;
      }
      if (!known && !predicate(stem, true)) return;
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
      listed = !rules_.whole(stem).empty() || common(stem);
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
    if (best == "그" || best == "이" || best == "저")
      put(best, "NP");
    else
      put_noun(best);
    put_chain(of);
    return true;
  }

  bool can_be_noun(std::string_view stem, const particle_chain& chain) const {
    const particle& first = *chain.of[chain.count - 1];
    if (stem.ends_with("으") && first.form.starts_with("로")) return false;  // 식으로 is 식 + 으로
    if (stem.ends_with("나") && first.form.starts_with("라")) return false;  // 당나라는 is 당나라 + 는
    if (syllables(stem) >= 2) return true;
    if (first.group == plural)
      return stem == "애" || stem == "놈" || stem == "것" || stem == "분" || stem == "곡" || stem == "책";
    if (before_ == "SN" || rules_.nouns.contains(stem)) return true;
    if (first.form == "을" || first.form == "를" || first.form == "에" || first.form == "에서" || first.form == "으로")
      return true;
    return stems_ && first.after != joint::any && stems_->variety(stem) >= 10;
  }

  const korean_rules& rules_ = korean_rules::get();
  std::string_view run_, before_;
  const char* end_;
  const korean_stems* stems_;
  const char* known_at_ = nullptr;
  prefix_forms known_;
  korean_pieces out_;
};

}  // namespace detail

KINDRED_INLINE detail::korean_pieces detail::cut_korean(std::string_view run, std::string_view before,
                                                        const korean_stems* stems) {
  return korean_cutter(run, before, stems).cut();
}

}  // namespace kindred::text
