// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/text/stop_words.hpp>

namespace kindred::text {

namespace detail {
/// Words between single blanks.
inline stop_words words_of_line(std::string_view line) {
  stop_words out;
  while (!line.empty()) {
    const std::size_t end = line.find(' ');
    out.add(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  }
  return out;
}
}  // namespace detail

KINDRED_INLINE stop_words stop_words::english() {
  return detail::words_of_line(
      "a an the this that these those "
      "i me my mine we us our ours you your yours he him his she her hers it its they them their theirs "
      "who whom whose which what when where why how "
      "am is are was were be been being do does did have has had having will would shall should can could may might "
      "must "
      "and or but nor if because as until while although than so "
      "of at by for with about against between into through during before after above below to from up down in out on "
      "off "
      "over under "
      "no not too very just only also then there here again once both each all any some such own same");
}

KINDRED_INLINE stop_words stop_words::korean() {
  return detail::words_of_line(
      // particles
      "은 는 이 가 을 를 의 에 에서 에게 에게서 께 께서 한테 한테서 로 으로 로서 으로서 로써 으로써 와 과 랑 이랑 하고 "
      "도 만 "
      "까지 부터 마저 조차 밖에 처럼 보다 마다 대로 만큼 커녕 나 이나 든지 이든지 라도 이라도 라고 이라고 야 아 여 요 "
      // endings
      "다 니다 습니다 ㅂ니다 고 며 면 으면 지만 는데 은데 ㄴ데 니까 으니까 어서 아서 려고 으려고 게 지 음 ㅁ 기 ㄴ ㄹ "
      "었 았 겠 "
      // words that stand alone
      "것 거 수 등 들 및 그 저 이것 그것 저것 여기 거기 저기 나는 저는 너 우리 그리고 그러나 그런데 하지만 또 또는 "
      "또한 즉 "
      "더 아주 매우 너무 좀 있 하 되");
}

}  // namespace kindred::text
