// SPDX-License-Identifier: Apache-2.0
#include "glyph_classes.hpp"

#include <algorithm>
#include <kindred/core/error.hpp>
#include <sstream>
#include <string_view>

namespace sns {

namespace {

using kindred::expects;
using kindred::io_error;

/// The Korean names of the glyphs of a subgroup, each with a keyword that says the same where there is one. What is
/// left out: names of several words, which analysers take apart; of one syllable, which they mistake for endings; and
/// one of two glyphs that look or are called nearly alike.
struct class_entry {
  const char* subgroup;
  const char* words;
};

constexpr class_entry table[] = {
    {"person-role",
     "의료인=의사 학생 교사=강사 판사 농부=농사꾼 요리사=셰프 회사원 과학자 가수 화가 우주비행사 소방관 경찰관 "
     "탐정=형사"},
    {"person-fantasy",
     "산타할머니 산타클로스 히로인=히어로 마법사 요정 뱀파이어=드라큘라 인어 엘프 지니=정령 좀비 트롤=괴물"},
    {"animal-mammal",
     "원숭이 호랑이=타이거 얼룩말 사슴 돼지=꿀꿀이 낙타 기린 코끼리 하마 토끼=토깽이 고슴도치 코알라 캥거루 오소리"},
    {"animal-bird", "칠면조 수탉 병아리 펭귄 비둘기 독수리 오리 백조 부엉이=올빼미 도도새 홍학=플라밍고 공작 앵무새"},
    {"animal-marine", "고래 돌고래 물개=바다사자 물고기=생선 열대어 복어 상어 문어 달팽이집 산호초=암초"},
    {"animal-bug",
     "달팽이 나비 송충이 개미 꿀벌 딱정벌레 무당벌레 귀뚜라미 바퀴벌레 거미=스파이더 전갈=스콜피온 모기 지렁이"},
    {"plant-flower", "꽃다발=부케 벚꽃 연꽃 장미 무궁화 해바라기 꽃송이 튤립"},
    {"plant-other", "새싹 분재 소나무=상록수 나무=낙엽수 야자수 선인장 토끼풀 네잎클로버=클로버 단풍잎 버섯"},
    {"food-fruit", "포도 멜론 수박 레몬 바나나 파인애플 망고 복숭아 체리 딸기 블루베리=베리 키위 코코넛"},
    {"food-vegetable", "아보카도 가지 감자=포테이토 당근 옥수수 홍고추 피망 오이 브로콜리 마늘 양파 땅콩"},
    {"food-prepared",
     "크루아상 바게트 프레첼 베이글 팬케이크=핫케이크 와플 베이컨 햄버거=버거 감자튀김 피자 핫도그 샌드위치 달걀=계란 "
     "팝콘"},
    {"food-asian",
     "도시락 주먹밥 카레라이스=카레 국수=라면 스파게티=파스타 고구마 초밥=스시 새우튀김 어묵 월병 떡꼬치=당고 "
     "만두=교자"},
    {"food-sweet", "아이스크림 도넛 쿠키 컵케이크 파이=패스트리 초콜렛=초코 사탕=캔디 롤리팝"},
    {"drink", "젖병 찻주전자 사케 와인잔=와인 칵테일 음료수 맥주 양주잔=위스키 버블티 마테차 얼음=각얼음"},
    {"place-building", "경기장=스타디움 벽돌 오두막 빌딩 우체국 병원 은행=뱅크 호텔 모텔 편의점 학교=스쿨 백화점 공장"},
    {"transport-ground",
     "기관차 고속열차=케이티엑스 버스 구급차=앰뷸런스 소방차 경찰차 택시 자동차=승용차 지프 트랙터 오토바이=모터사이클 "
     "스쿠터 자전거=바이크 킥보드=씽씽카"},
    {"transport-air", "비행기 경비행기 낙하산 헬리콥터=헬기 케이블카=곤돌라 인공위성 로켓=로케트 비행접시"},
    {"sky & weather",
     "보름달 초승달 온도계 태양 별똥별=유성 은하수=은하 비구름 번개구름 토네이도 태풍=사이클론 무지개=레인보우 우산 "
     "눈송이 눈사람"},
    {"sport",
     "축구공=축구 야구공=야구 농구 배구공=배구 럭비공=럭비 테니스 원반 볼링 탁구 배드민턴 도복 골프 낚싯대=낚시 스키 "
     "썰매"},
    {"game", "요요 물총 당구=당구공 조이스틱 주사위 퍼즐 피냐타 미러볼 스페이드 하트 다이아몬드 조커 마작 화투"},
    {"clothing",
     "안경 고글=물안경 넥타이=타이 티셔츠 바지=청바지 스카프 장갑 코트=재킷 양말 원피스=드레스 핸드백 운동화=스니커즈 "
     "하이힐 부츠 왕관 립스틱"},
    {"musical-instrument", "색소폰 아코디언 기타=통기타 피아노=건반 트럼펫 바이올린 밴조 드럼"},
    {"tool",
     "망치=해머 도끼 곡괭이 단검 폭탄 부메랑 방패 렌치 드라이버 톱니바퀴=기어 쇠사슬=체인 공구통=공구함 자석 사다리"},
    {"household", "엘리베이터=승강기 거울 창문 침대 의자 변기 욕조 면도칼 로션 빗자루 바구니 양동이 비누 칫솔 소화기"},
    {"zodiac", "양자리 황소자리 게자리 사자자리 처녀자리 천칭자리 사수자리 물병자리 물고기자리 뱀주인자리"},
};

constexpr std::size_t fewest = 6;  // glyphs of a class; newer lists rename some

}  // namespace

std::vector<glyph_class> glyph_classes(const emoji::emoji_set& set) {
  std::vector<glyph_class> out;
  for (const auto& entry : table) {
    const auto subgroup = std::find(set.subgroups.begin(), set.subgroups.end(), entry.subgroup) - set.subgroups.begin();
    glyph_class made;
    made.name = entry.subgroup;
    std::istringstream words(entry.words);
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      const auto name = word.substr(0, equals);
      const auto found = std::find_if(set.items.begin(), set.items.end(), [&](const emoji::item& item) {
        return item.subgroup == subgroup && item.korean_name == name;
      });
      if (found == set.items.end()) continue;
      made.group = set.groups[static_cast<std::size_t>(found->group)];
      made.glyphs.push_back({static_cast<index_t>(found - set.items.begin()), name,
                             equals == word.npos ? std::string() : word.substr(equals + 1)});
    }
    expects<io_error>(made.glyphs.size() >= fewest,
                      "{} glyphs of {} have the names that scenes use: unicode-cldr-core of another version",
                      made.glyphs.size(), entry.subgroup);
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace sns
