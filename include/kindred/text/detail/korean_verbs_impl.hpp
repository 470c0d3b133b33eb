// SPDX-License-Identifier: Apache-2.0
/// @file
/// How Korean verbs and adjectives are inflected: the forms of common stems, and the endings that follow each form.
#pragma once

#include <algorithm>
#include <bitset>
#include <kindred/unicode/hangul.hpp>
#include <kindred/unicode/utf8.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kindred::text::detail {

/// Calls f(word) for each word of a list with blanks between them.
template <class F>
void each_of(std::string_view list, F f) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (end > at) f(list.substr(at, end - at));
    at = end + 1;
  }
}

/// A set of words of Hangul syllables with bits, by open addressing. Keys are made syllable by syllable, so that one
/// pass makes those of all prefixes of a run.
class word_bits {
 public:
  static constexpr std::uint64_t seed = 0;
  /// The key of a word that goes on with the syllable at `at`: the word itself for up to four syllables, else a hash.
  static std::uint64_t key(std::uint64_t before, const char* at) {
    const std::uint64_t next = syllable({at, 3}, 0) + 1;
    if (before < std::uint64_t{1} << 42) return before << 14 | next;
    return mixed(before ^ next) | long_word;
  }
  static std::uint64_t key(std::string_view word) {
    std::uint64_t h = seed;
    for (std::size_t at = 0; at + 3 <= word.size(); at += 3) h = key(h, word.data() + at);
    return h;
  }

  void put(const std::string& word, unsigned bits) {
    const std::uint64_t h = key(word);
    if (2 * (count_ + 1) > slots_.size()) grow();
    slot& s = slots_[find(word, h)];
    if (s.bits == 0) {
      first_.set(syllable(word, 0));
      last_.set(syllable(word, word.size() - 3));
      set_filter(h);
      s = {h, 0, static_cast<std::uint32_t>(pool_.size()), static_cast<std::uint32_t>(word.size())};
      pool_ += word;
      ++count_;
      longest_ = std::max(longest_, word.size());
    }
    s.bits |= bits;
  }
  /// The bits of a word, 0 where it is not held; h is its key.
  unsigned of(std::string_view word, std::uint64_t h) const {
    const std::size_t at = static_cast<std::size_t>(mixed(h) >> 20) & (64 * filter_.size() - 1);
    return (filter_[at / 64] >> at % 64 & 1) != 0 ? slots_[find(word, h)].bits : 0;
  }
  unsigned of(std::string_view word) const {
    // in constant time for runs without end
    return word.size() <= longest_ && begins(word) && ends(word) ? of(word, key(word)) : 0;
  }
  bool contains(std::string_view word) const { return of(word) != 0; }
  /// Calls f(word, bits) for each word.
  template <class F>
  void each(F f) const {
    for (const slot& s : slots_)
      if (s.bits != 0) f(std::string_view(pool_).substr(s.begin, s.size), s.bits);
  }
  /// Whether some word begins with the first syllable of `run`.
  bool begins(std::string_view run) const { return !run.empty() && first_[syllable(run, 0)]; }
  /// Whether some word ends with the last syllable of `run`, which is not empty.
  bool ends(std::string_view run) const { return last_[syllable(run, run.size() - 3)]; }

 private:
  static constexpr std::size_t syllables = 11172;
  static constexpr std::uint64_t long_word = std::uint64_t{1} << 63;
  static std::uint64_t mixed(std::uint64_t h) {
    h *= 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
  }
  struct slot {
    std::uint64_t key = 0;
    unsigned bits = 0;  ///< 0: nothing is here
    std::uint32_t begin = 0, size = 0;
  };
  /// The number of the syllable at byte `at`, and `syllables` for jamo, which are Hangul of three bytes too.
  static std::size_t syllable(std::string_view word, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(word[at + i])); };
    const std::size_t number = ((byte(0) & 0xF) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F)) - 0xAC00;
    return number < syllables ? number : syllables;
  }
  std::size_t find(std::string_view word, std::uint64_t h) const {
    std::size_t at = static_cast<std::size_t>(mixed(h)) & (slots_.size() - 1);
    for (; slots_[at].bits != 0; at = (at + 1) & (slots_.size() - 1)) {
      const slot& s = slots_[at];
      if (s.key == h && (h < long_word || std::string_view(pool_).substr(s.begin, s.size) == word)) break;
    }
    return at;
  }
  void grow() {
    std::vector<slot> old(2 * slots_.size());
    old.swap(slots_);
    filter_.assign(slots_.size() / 8, 0);
    for (const slot& s : old) {
      if (s.bits == 0) continue;
      slots_[find(std::string_view(pool_).substr(s.begin, s.size), s.key)] = s;
      set_filter(s.key);
    }
  }
  void set_filter(std::uint64_t h) {
    const std::size_t at = static_cast<std::size_t>(mixed(h) >> 20) & (64 * filter_.size() - 1);
    filter_[at / 64] |= std::uint64_t{1} << at % 64;
  }

  std::vector<slot> slots_ = std::vector<slot>(64);
  std::vector<std::uint64_t> filter_ =
      std::vector<std::uint64_t>(8);     // one bit a word: small enough to stay in the cache
  std::size_t count_ = 0, longest_ = 0;  // longest_: bytes of the longest word
  std::string pool_;
  std::bitset<syllables + 1> first_, last_;
};

/// Forms of a stem, as bits.
enum verb_form : unsigned {
  plain = 1,        ///< before 고, 지, 게, ...: 보, 먹, 만들
  before_n = 2,     ///< before 는, 네, 니, 시, ...: 보, 먹, 만드
  before_eu = 4,    ///< without final consonant or with ㄹ, before 면, 며, 려, ...: 보, 만들, 더우
  before_full = 8,  ///< with final consonant, before 은, 을, 으면, ...: 먹, 들
  infinitive = 16,  ///< 봐, 보아, 먹어, 더워
  past_form = 32,   ///< 봤, 보았, 먹었
  with_n = 64,      ///< 본, 만든, 더운
  with_l = 128,     ///< 볼, 만들, 더울
  with_m = 256,     ///< 봄, 만듦, 더움
  with_b = 512,     ///< 봅, 만듭
};

/// How a stem changes before a vowel.
enum class stem_change { none, bieup, digeut, siot, reu, hieut };

/// The forms of stems.
class verb_forms : public word_bits {
 public:
  void add_each(std::string_view stems, stem_change change = stem_change::none) {
    each_of(stems, [&](std::string_view stem) { add(unicode::decode_utf8(stem), change); });
  }

 private:
  static char32_t final_of(char32_t c) { return (c - 0xAC00) % 28; }
  static char32_t vowel_of(char32_t c) { return (c - 0xAC00) / 28 % 21; }
  static char32_t with_final(char32_t c, char32_t final) { return c - final_of(c) + final; }
  static char32_t with_vowel(char32_t c, char32_t vowel) { return c + (vowel - vowel_of(c)) * 28; }
  static bool bright(char32_t c) { return vowel_of(c) == 0 || vowel_of(c) == 8 || vowel_of(c) == 2; }  // ㅏ ㅗ ㅑ

  void put(std::u32string_view word, unsigned form) { word_bits::put(unicode::encode_utf8(word), form); }
  void put_infinitive(std::u32string word) {
    put(word, infinitive);
    word.back() = with_final(word.back(), 20);
    put(word, past_form);
  }
  /// The forms that depend on a base without final consonant: 보, 더우, 지으 (of 짓).
  void put_open(std::u32string base) {
    put(base, before_eu | before_n);
    const char32_t last = base.back();
    for (const auto& [final, form] : {std::pair(4u, with_n), {8u, with_l}, {16u, with_m}, {17u, with_b}}) {
      base.back() = last + final;
      put(base, form);
    }
  }

  void add(std::u32string stem, stem_change change) {
    const char32_t last = stem.back(), final = final_of(last);
    std::u32string base = stem;
    put(stem, plain);
    if (change == stem_change::none && final == 0) {
      put_open(stem);
      const char32_t vowel = vowel_of(last);
      if (last == U'하') {
        base.back() = U'해';
        put_infinitive(base);
        put_infinitive(stem + U'여');
      } else if (vowel == 18) {  // ㅡ goes
        const bool a = stem.size() > 1 && bright(stem[stem.size() - 2]);
        base.back() = with_vowel(last, a ? 0 : 4);
        put_infinitive(base);
      } else {
        // ㅗ ㅜ ㅣ ㅚ melt, ㅏ ㅐ ㅓ ㅔ ㅕ swallow the ending
        const char32_t melted = vowel == 8 ? 9 : vowel == 13 ? 14 : vowel == 20 ? 6 : vowel == 11 ? 10 : vowel;
        if (melted != vowel || vowel <= 6) {
          base.back() = with_vowel(last, melted);
          put_infinitive(base);
        }
        if (vowel != 0 && vowel != 4) put_infinitive(stem + (bright(last) ? U'아' : U'어'));
      }
      return;
    }
    if (change == stem_change::none && final == 8) {  // ㄹ goes before ㄴ, ㅅ and ㅂ
      put(stem, before_eu | with_l);
      base.back() = with_final(last, 0);
      put(base, before_n);
      for (const auto& [other, form] : {std::pair(4u, with_n), {10u, with_m}, {17u, with_b}}) {
        base.back() = with_final(last, other);
        put(base, form);
      }
      put_infinitive(stem + (bright(last) ? U'아' : U'어'));
      return;
    }
    put(stem, before_n);
    switch (change) {
      case stem_change::none:
        put(stem, before_full);
        put_infinitive(stem + (bright(last) ? U'아' : U'어'));
        break;
      case stem_change::bieup:
        base.back() = with_final(last, 0);
        put_open(base + U'우');
        put_infinitive(base + (stem == U"돕" || stem == U"곱" ? U'와' : U'워'));
        break;
      case stem_change::digeut:
        base.back() = with_final(last, 8);
        put(base, before_full);
        put_infinitive(base + (bright(last) ? U'아' : U'어'));
        break;
      case stem_change::siot:
        base.back() = with_final(last, 0);
        put_open(base + U'으');
        put_infinitive(base + (bright(last) ? U'아' : U'어'));
        break;
      case stem_change::reu: {
        put_open(stem);
        base.pop_back();
        const bool a = bright(base.back());
        base.back() = with_final(base.back(), 8);
        put_infinitive(base + (a ? U'라' : U'러'));
        break;
      }
      case stem_change::hieut:
        base.back() = with_final(last, 0);
        put_open(base);
        base.back() = with_vowel(base.back(), vowel_of(last) == 2 ? 3 : 1);
        put_infinitive(base);
        break;
    }
  }
};

/// Endings by the form they follow.
struct endings_after {
  unsigned after;  ///< forms of verbs
  std::string_view forms;
};
inline constexpr endings_after endings_by_form[] = {
    {plain | past_form,
     "고 지 게 던 다 다가 다고 다고는 다는 다는게 다니 다면 다면야 다며 다면서 다만 다네 다던데 더니 더니만 더라 "
     "더라고 더라고요 더라구 "
     "더라구요 더라도 더라면 더군 더군요 더만 던데 던데요 던가 던지 든지 든가 든 지만 지만은 지요 죠 죵 지도 지는 지를 "
     "질 진 고는 고서 "
     "고도 고요 고여 구요 구 군 군요 구나 구만 구먼 구려 거나 거든 거든요 거늘 기 길 길래       "
     "  건만 "
     "걸 걸요 자 자고 자는 자마자 잖아 잖아요 잖냐 잖니 게끔 게요 도록 습니다 습니다만 습니까 습니당 슴다 습디다 소 듯 "
     "듯이 듯한 "
     "답니다 단다 당 당께 다구 다구요 음 네 네요 네여 네용 나 나요 나여 냐 냐고 냐는 냐구 니 니까 니깐 는데 는데도 "
     "는데요 는데여 는지 "
     "는지를 는지도 는지는 는가 는지요 는데다 는데다가 는걸 는걸요 으면 으면서 으며 으니 으니까 으나 으냐 으므로 을 "
     "을까 을까요 을지 을지도 을텐데 "
     "을때 을듯 을수록 을거 을꺼 을뿐"},
    {past_form,
     "어 어요 어여 어용 어도 어서 어야 어야지 어야죠 었다 었는데 었고 었던 었지만 었으면 었어요 었습니다 었네요 었음"},
    {before_n,
     "는 네 네요 네여 네용 니 니까 니까요 니깐 냐 냐고 냐는 냐구 나 나요 나여 나봐 나봐요 는데 는데도 는데요 는데여 "
     "는지 는지를 "
     "는지도 는지는 는가 는가요 는군 는군요 는구나 는구만 는다 는다고 는다는 는다면 는다며 는다면서 는다니 는걸 는걸요 "
     "는게 는거 는건 느라 느라고 느니 "
     "는듯 는데다 는데다가 는지라 는대 세요 세여 세용 시 시고 시지 시는 시던 시면 시네요 시길 시기 신 실 심 십니다 "
     "십시오 십쇼 셔서 셔도 "
     "셨다 셨던 셨는데 셨어요 셨네요 셨습니다 소서"},
    {before_eu,
     "면 면서 면서도 며 려 려고 려는 려면 려다 려다가 려나 려는지 러 므로 라 라고 라는 라니 라면 라며 라도 라지 나마 "
     "리라 마 든"},
    {before_full,
     "은 을 음 은데 은데도 은데요 은데여 은지 은지도 은지는 은가 은가요 은걸 은게 은거 은건 은듯 은대로 으면 으면서 "
     "으면서도 으며 으니 으니까 "
     "으니깐 으려 으려고 으려는 으려면 으려다 으려나 으러 으므로 으나 으나마 으라 으라고 으라는 으라니 으라면 을까 "
     "을까요 을지 을지도 을지는 을지라도 "
     "을수록 을게 을게요 을께 을께요 을래 을래요 을걸 을텐데 을때 을듯 을만 을만한 을뿐 을거 을꺼 음에도 으세요 으시 "
     "으시고 으시는 "
     "으신 으실 으심 으십니다 으십시오 으셨다 으셨던 으냐 으냐고 은척 을정도"},
    {infinitive,
     "서 서도 서는 선 서요 서야 도 도요 야 야만 야지 야지요 야죠 야할 야하는 야겠다 야겠네 야겠네요 야겠어요 야겠지 "
     "야함 야한다 요 여 용 유 염 라 "
     "라고 라도 라는 라니 다 다가 다오"},
    {with_n,
     "데 데도 데요 데여 데다 데다가 지 지는 지도 지라 지요 지를 가 가요 가여 걸 걸요 게 거 건 듯 듯한 듯이 다 다고 "
     "다는 다면 다며 다면서 다니 "
     "다던 다네 다구 다음 대 대요 답니다 단다 척 들 당"},
    {with_l,
     "까 까요 까여 지 지도 지는 지라도 수록 게 게요 께 께요 래 래요 걸 걸요 껄 텐데 텐데요 테니 테니까 때 듯 듯한 듯이 "
     "만 만한 만하다 만함 "
     "만하네요 만했다 만은 뻔 뿐 거 꺼 겁니다 거야 정도 줄 지언정"},
    {with_b, "니다 니다만 니까 니당 니다요 니다여 시다 디다 죠"},
};

/// Endings with the forms they follow.
inline word_bits endings_of_verbs() {
  word_bits out;
  for (const endings_after& e : endings_by_form)
    each_of(e.forms, [&](std::string_view form) { out.put(std::string(form), e.after); });
  return out;
}

}  // namespace kindred::text::detail
