// SPDX-License-Identifier: Apache-2.0
/// @file
/// What text::korean knows of Korean. Forms are Hangul syllables, three bytes each.
#pragma once

#include <string_view>

namespace kindred::text::detail {

/// What a particle asks of the syllable before it.
enum class joint : unsigned char {
  any,
  closed,        ///< with a final consonant
  open,          ///< without
  open_or_rieul  ///< without, or with ㄹ
};

/// Groups of particles, as bits: which may stand directly before which.
inline constexpr unsigned adverbial = 1, delimiting = 2, topical = 4, core = 8, plural = 16, honorific = 32;

struct particle {
  std::string_view form, tag;
  joint after;
  unsigned group, before;  ///< its own group, and the groups it may follow
};

inline constexpr particle particles[] = {
    {"은", "JX", joint::closed, topical, adverbial | delimiting | plural | honorific},
    {"는", "JX", joint::open, topical, adverbial | delimiting | plural | honorific},
    {"도", "JX", joint::any, topical, adverbial | delimiting | plural | honorific},
    {"이나", "JX", joint::closed, topical, adverbial | delimiting | plural},
    {"이라도", "JX", joint::closed, topical, adverbial | delimiting | plural},
    {"라도", "JX", joint::open, topical, adverbial | delimiting},
    {"이야말로", "JX", joint::closed, topical, delimiting | plural},
    {"야말로", "JX", joint::open, topical, adverbial | delimiting},
    {"은커녕", "JX", joint::closed, topical, plural},
    {"는커녕", "JX", joint::open, topical, plural},
    {"이", "JKS", joint::closed, core, delimiting | plural},
    {"가", "JKS", joint::open, core, delimiting | plural},
    {"께서", "JKS", joint::any, honorific, plural},
    {"을", "JKO", joint::closed, core, delimiting | plural},
    {"를", "JKO", joint::open, core, delimiting | plural},
    {"의", "JKG", joint::any, core, adverbial | delimiting | plural},
    {"에", "JKB", joint::any, adverbial, delimiting | plural},
    {"에서", "JKB", joint::any, adverbial, delimiting | plural},
    {"에게", "JKB", joint::any, adverbial, plural},
    {"에게서", "JKB", joint::any, adverbial, plural},
    {"한테", "JKB", joint::any, adverbial, plural},
    {"한테서", "JKB", joint::any, adverbial, plural},
    {"께", "JKB", joint::any, adverbial, plural},
    {"으로", "JKB", joint::closed, adverbial, delimiting | plural},
    {"로", "JKB", joint::open_or_rieul, adverbial, delimiting | plural},
    {"으로서", "JKB", joint::closed, adverbial, plural},
    {"로서", "JKB", joint::open_or_rieul, adverbial, plural},
    {"으로써", "JKB", joint::closed, adverbial, plural},
    {"로써", "JKB", joint::open_or_rieul, adverbial, plural},
    {"와", "JC", joint::open, adverbial, plural},
    {"과", "JC", joint::closed, adverbial, plural},
    {"이랑", "JC", joint::closed, adverbial, plural},
    {"보다", "JKB", joint::any, adverbial, adverbial | plural},
    {"처럼", "JKB", joint::any, adverbial, adverbial | plural},
    {"만큼", "JKB", joint::any, adverbial, adverbial | plural},
    {"대로", "JX", joint::any, delimiting, plural},
    {"만", "JX", joint::any, delimiting, adverbial | delimiting | plural},
    {"까지", "JX", joint::any, delimiting, adverbial | delimiting | plural},
    {"부터", "JX", joint::any, delimiting, adverbial | plural},
    {"마다", "JX", joint::any, delimiting, plural},
    {"밖에", "JX", joint::any, delimiting, adverbial | plural},
    {"조차", "JX", joint::any, delimiting, adverbial | plural},
    {"마저", "JX", joint::any, delimiting, adverbial | plural},
    {"뿐", "JX", joint::any, delimiting, adverbial | plural},
    {"이라고", "JKQ", joint::closed, core, plural},
    {"라고", "JKQ", joint::open, core, plural},
    {"이라는", "VCP+ETM", joint::closed, core, delimiting | plural},
    {"라는", "VCP+ETM", joint::open, core, delimiting | plural},
    {"이란", "JX", joint::closed, topical, plural},
    {"랑", "JC", joint::open, adverbial, plural},
    {"엔", "JKB+JX", joint::any, topical, delimiting | plural},
    {"에선", "JKB+JX", joint::any, topical, plural},
    {"에겐", "JKB+JX", joint::any, topical, plural},
    {"한텐", "JKB+JX", joint::any, topical, plural},
    {"으론", "JKB+JX", joint::closed, topical, plural},
    {"론", "JKB+JX", joint::open_or_rieul, topical, plural},
    {"보단", "JKB+JX", joint::any, topical, plural},
    {"까진", "JX", joint::any, topical, adverbial | plural},
    {"부턴", "JX", joint::any, topical, adverbial | plural},
    {"만은", "JX", joint::any, topical, adverbial | plural},
    {"이든", "JX", joint::closed, topical, plural},
    {"이든지", "JX", joint::closed, topical, plural},
    {"든지", "JX", joint::open, topical, plural},
    {"이라곤", "JX", joint::closed, topical, plural},
    {"라곤", "JX", joint::open, topical, plural},
    {"치고", "JX", joint::any, delimiting, plural},
    {"따위", "NNB", joint::any, delimiting, plural},
    {"들", "XSN", joint::any, plural, 0},
};

/// Nouns and pronouns of one syllable that particles follow.
inline constexpr std::string_view short_nouns =
    "것 수 때 곳 중 말 일 점 나 너 저 그 물 불 책 집 땅 왕 법 문 눈 비 배 차 산 강 바 줄 곡 편 권 뒤 앞 옆 위 안 밖 속 "
    "뜻 꿈 꽃 봄 달 별 밤 낮 삶 맛 글 몸 손 발 귀 코 입 목 피 뼈 돈 쌀 밥 술 빵 약 병 적 팀 군 년 월 날 해 명 개 뿐 내 "
    "네 새 개 소 "
    "말 양 쥐 닭 곰 용 신 남 북 동 서 선 면 원 점 값 힘 끝 길 딸 형 둘 셋 넷 빛 별 벽 칼 총 활 탑 섬 숲 옷 춤 턱 틀 판 "
    "표 핵 혀 호 "
    "황 흙 백 님 분 전 후 간 외 등 측 군 읍 족 예 이 식 절 키 현 함 됨 궁 촌 죄 벌 답 댁 둥 떼 뭐 복 본 부 빚 뼘 뺨 뽕 "
    "샘 셈 솔 수 숨 애 놈 갑 색 항 빔 상 극 잼 굿 학 굴 공 "
    "신 씨 옥 요 욕 윤 은 음 잎 잔 잠 쟁 좌 죽 짐 짝 쪽 철 촉 층 침 코 콩 탑 털 톤 틈 패 폐 폭 품 해 흠 희";

/// Words that stay whole although a particle or an ending seems to end them, or whose tag is known, with what they are.
/// Where a word stands twice the first holds.
struct whole_word {
  std::string_view forms, tag;
};
inline constexpr whole_word whole_words[] = {
    {"고양이 호랑이 원숭이 어린이 젊은이 늙은이 지은이 옮긴이 지렁이 구렁이 올챙이 곰팡이 방망이 알맹이 알갱이 지팡이 "
     "달팽이 "
     "꼬맹이 막둥이 쌍둥이 멍멍이 거북이 개구리 부엉이 뻐꾸기 멋쟁이 난쟁이 글쓴이 못난이 길잡이 손잡이 기러기 굼벵이 "
     "남자 감자 중도 정신과 신경과 내과 외과 안과 치과 소아과 산부인과 카이로 오슬로 오타와 도쿠가와 잡음 "
     "파도 폭도 한도 창의 풀이 변이 상이 안도 방도 신의 열의 당도 척도 심도 조도 휘도 채도 명도 과도 가도 "
     "길이 높이 깊이 넓이 나이 아이 사이 종이 차이 놀이 먹이 모이 무늬 맏이 떡볶이 목걸이 귀걸이 옷걸이 재떨이 실마리 "
     "민주주의 자본주의 공산주의 사회주의 자유주의 민족주의 제국주의 국가주의 개인주의 현실주의 낭만주의 인도주의 "
     "보수주의 "
     "도덕주의 평화주의 채식주의 기회주의 인종주의 다원주의 상대주의 허무주의 비관주의 쾌락주의 관료주의 분리주의 "
     "근본주의 "
     "신자유주의 권위주의 계몽주의 경험주의 인문주의 자연주의 초현실주의 표현주의 인상주의 상징주의 유미주의 구조주의 "
     "마르크스주의 "
     "사대주의 식민주의 물질주의 실용주의 공리주의 반공주의 국제주의 여성주의 생태주의 공동체주의 사회민주주의 "
     "자유민주주의 의회주의 "
     "입헌주의 연방주의 중상주의 중농주의 보호주의 유물주의 절대주의 "
     "군국주의 전체주의 무정부주의 고전주의 사실주의 이상주의 합리주의 실존주의 "
     "충청북도 충청남도 전라북도 전라남도 경상북도 경상남도 평안북도 평안남도 함경북도 함경남도 황해북도 황해남도 "
     "양강도 자강도 이승만 "
     "제주도 강원도 경기도 충청도 전라도 경상도 평안도 함경도 황해도 한반도 반도 고속도 난이도 해상도 선호도 인지도 "
     "완성도 신뢰도 "
     "중요도 지명도 그리스도 울릉도 강화도 거제도 난이도 "
     "정치가 역사가 만화가 연구가 수필가 안무가 무도가 전도가 화가 작가 국가 도가 "
     "경제학과 자연과학과 국문학과 심리학과 물리학과 화학과 수학과 법학과 의학과 생명과학과 철학과 사학과 영문학과 "
     "오스만 페르시아만 멕시코만 벵골만 아리랑 바나나 아르헨티나 우크라이나 노을 마을 가을 스위스 르네상스 회의 의의 "
     "주의 정의 "
     "동의 논의 강의 합의 협의 도로 경로 종로 세종로 을지로 고속도로 철도 지도 속도 온도 정도 제도 태도 의도 "
     "시도 "
     "인도 기도 농도 밀도 각도 강도 고도 궤도 구도 빈도 사도 수도 용도 유도 지하철도 결과 효과 사과 통과 성과 학과 "
     "초과 경과 "
     "과거 거리 도시 평가 증가 참가 추가 허가 물가 주가 휴가 가수 음악가 평와 평화 기와 대만 불만 비만 오만 미만 "
     "르완다 우간다 베란다 캐나다 잠수함 구축함 순양함 전투함 지중해 남중국해 동중국해 발트해 카리브해 에게해 "
     "아라비아해 흑해 "
     "최소한 무제한 전문의 상의 하의 사랑 자랑 신랑 고구려와 아버지 어머니 할아버지 할머니 하나 보다 부터 까지 처럼 "
     "강남대로 세종대로 심의 결의 건의 항의 문의 편의 예의 고의 호의 유의 토의 여의도 "
     "해군과 육군과 로마가도 대가 저가 고가 원가 정가 단가 연가 찬송가 애국가 유행가 군가 평론가 전문가 자본가 미술가 "
     "사상가 혁명가 "
     "운동가 탐험가 발명가 소설가 극작가 건축가 조각가 작곡가 성악가 무용가 사업가 기업가 활동가 예술가 과학가 비평가 "
     "음악가",
     "NNG"},
    {"나 너 저 우리 저희 너희 그들 이것 그것 저것 무엇 누구 어디 여기 거기 저기 그녀 자기 자신", "NP"},
    {"그 이 저 어느 어떤 모든 여러 새 헌 다른 이런 그런 저런 무슨 몇 온갖 갖은 한 두 세 네 첫 각 전 이러한 그러한 "
     "저러한 어떠한 "
     "아무런 주된",
     "MM"},
    {"그리고 그러나 하지만 그런데 그래서 따라서 그러므로 또한 또는 혹은 및 즉 그렇지만 그러면 그러니까 그리하여 "
     "왜냐하면 "
     "게다가 더구나 다만 단",
     "MAJ"},
    {"매우 가장 아주 더 덜 너무 잘 못 안 다시 이미 아직 바로 따로 새로 주로 실로 별로 홀로 스스로 함께 같이 많이 깊이 "
     "높이 "
     "널리 특히 거의 서로 모두 다 곧 늘 또 언제나 누구나 먼저 점차 비로소 오히려 대체로 때때로 그대로 제대로 "
     "절대로 "
     "함부로 진짜로 정말 정말로 약간 조금 좀 왜 역시 물론 만약 만일 과연 비록 아마 일찍이 더욱이 더욱 "
     "굳이 "
     "끊임없이 수없이 틀림없이 관계없이 상관없이 어김없이 꾸준히 가까이 나란히 열심히",
     "MAG"},
    {"위한 대한 인한 통한 관한 의한 향한 비롯한 강한 심한 못한 착한 흔한 급한 편한 귀한 속한 변한 취한 가한 접한 처한 "
     "행한 달한 "
     "정한 구한 전한 말한 원한 피한 택한 친한 간 온 본 산 쓴 난 된 할 될 갈 올 볼 쓸 날 줄 둔 준 낸 낼 진 질 친 칠 "
     "따른 이른 "
     "빠른 다룬 이룬 만든 만들 나온 나올 가진 가질 이어진 이루어진 알려진 만들어진 태어난 일어난 늘어난 떨어진 떠난 "
     "지난 만난 끝난 "
     "아는 파는 자는 사는 가는 오는 보는 주는 쓰는 타는 두는 내는 지는 치는 사라진 커진 높아진 주어진 밝혀진 벌어진 "
     "그린 내린 올린 "
     "열린 걸린 "
     "놓인 쌓인 쓰인 보인 죽인 높인 줄인 느낀 지킨 남긴 옮긴 숨진 나눈 배운 세운 싸운 부른 모른 흐른 이끈 맞춘 갖춘 "
     "멈춘",
     "VV+ETM"},
    {"새로운 큰 아닌 긴 먼 깊은 아름다운 어려운 가까운 무거운 가벼운 뜨거운 차가운 두꺼운 즐거운 부드러운 괴로운 "
     "외로운 해로운 "
     "이로운 쉬운 추운 더운 검은 푸른 둥근 그러한 나쁜 바쁜 기쁜 슬픈 아픈 예쁜 고운 매운 싱거운",
     "VA+ETM"},
    {"없이 크게 달리 같이 아니라 아니며 아니고 들어 들며", "MAG"},
    {"위해 대해 인해 통해 의해 향해 비해 더해 못해 관해 전해 정해 변해 피해 처해 접해 위하여 따라 나와 나가 들어가 "
     "들어와 돌아와 돌아가 "
     "살아가 넘어가 넘어와 찾아가 찾아와 올라가 내려가 내려와 지나 나아가 이르러 걸쳐 거쳐 가져 이어 이뤄 이루어 "
     "만들어 보아 가서 "
     "도와 와서 봐서 되어 돼 해 하여 가 와 봐 줘 써 나서 지나서 함께해",
     "VV+EC"},
};

/// Stems of one syllable with a final consonant whose endings could be particles or parts of nouns.
inline constexpr std::string_view short_verbs =
    "먹 얻 잡 찾 맺 잃 앉 입 읽 닫 받 않 놓 넣 낳 쌓 닿 믿 싣 묻 쏟 뻗 걷 듣 깨닫 벗 씻 웃 빼앗 짓 잇 낫 붓 긋 맞 늦 "
    "갖 쫓 꽂 "
    "맡 뱉 붙 뜯 섞 꺾 깎 묶 볶 겪 닦 밟 굶 옮 닮 꿇 뚫 끓 앓 옳 훑 핥 읊 뽑 꼽 씹 접 돕 눕 굽 깁 줍 참 담 숨 심 감 넘 "
    "남 품 안 신 "
    "따르";
/// Verb stems of one open syllable, which many nouns look like: only endings that no noun ends with are taken off
/// behind them.
inline constexpr std::string_view short_open_verbs =
    "두 주 쓰 가 오 타 크 내 뛰 쉬 펴 지 나 보 치 서 세 꾸 뜨 끄 매 베 싸 차 파 피 켜";
inline constexpr std::string_view adjectives =
    "있 없 같 많 좋 작 높 낮 넓 좁 깊 짧 얇 굵 밝 젊 늙 싫 옅 짙 굳 곧 붉 푸르 검 맑 어둡 춥 덥 쉽 어렵 가깝 무겁 가볍 "
    "새롭 아름답 "
    "뜨겁 차갑 두껍 즐겁 반갑 고맙 그립 부드럽 어지럽 안타깝 괴롭 외롭 해롭 이롭 맛있 재미있 멋있 맛없 재미없 상관없 "
    "관계없 끊임없 "
    "그렇 이렇 저렇 어떻 빨갛 노랗 파랗 하얗 까맣";

/// Verb stems of two and more syllables that take every ending.
inline constexpr std::string_view verbs =
    "만들 이루 나타나 나타내 가지 이루어지 알려지 다루 태어나 일어나 살아가 돌아가 돌아오 들어가 들어오 나오 나가 내리 "
    "오르 올리 "
    "부르 모르 흐르 고르 지나 떠나 만나 끝나 빠지 떨어지 사라지 커지 높아지 늘어나 줄어들 생기 남기 옮기 맡기 바꾸 "
    "바뀌 나누 배우 "
    "세우 싸우 키우 비우 피우 이르 치르 움직이 보이 쓰이 줄이 늘리 달리 열리 팔리 불리 걸리 느끼 지키 일으키 가르치 "
    "마치 미치 "
    "펼치 거치 그치 놓이 쌓이 섞이 죽이 붙이 벌이 들이 받아들이 끌어들이 버리 기다리 드러내 보내 지내 끝내 펴내 "
    "만들어지 "
    "주어지 여겨지 밝혀지 벌어지 이어지 넘어가 넘어오 찾아오 물러나 벗어나 살아나 뛰어나 드러나 알아보 바라보 살펴보 "
    "돌보 "
    "가리키 일컫 기울이 망설이 반짝이 기르 자르 따르 머무르 서두르 누르 두르 걸치 합치 뭉치 닥치 훔치 고치 놓치 떨치 "
    "마시 모시 "
    "즐기 안기 잠기 당기 숨기 넘기 이기 챙기 풍기 끼치 바치 스치 지치 잡히 막히 밝히 먹히 입히 꼽히 뽑히 넓히 익히 "
    "맞추 갖추 "
    "낮추 늦추 멈추 감추 비추 춤추 거두 그만두 앞두 위하 통하 대하 의하 인하 관하 향하 말하 전하 정하 구하 취하 처하 "
    "당하 행하 속하 원하 피하 변하 강하 약하 심하 "
    "못하 잘하 더하 비하 가하 과하 편하 급하 귀하 친하 면하 겸하 망하 접하 합하 택하 칭하 청하 착하 흔하";

/// Where an ending may stand, as bits: behind the past tense, 겠, 있 or 없; behind 하, 되, 시키 and listed verbs with an open
/// syllable; behind listed stems with a final consonant; behind anything.
inline constexpr unsigned behind_past = 1, behind_open = 2, behind_closed = 4, anywhere = 8;

struct ending {
  std::string_view form, tag;
  unsigned where;
};

inline constexpr ending endings[] = {
    {"다", "EF", behind_past | behind_open | behind_closed},
    {"고", "EC", behind_past | behind_open | behind_closed},
    {"지", "EC", behind_past | behind_open | behind_closed},
    {"던", "ETM", behind_past | behind_open | behind_closed},
    {"는", "ETM", behind_past | behind_open | behind_closed},
    {"은", "ETM", behind_closed},
    {"을", "ETM", behind_past | behind_closed},
    {"음", "ETN", behind_past | behind_closed},
    {"기", "ETN", behind_past | behind_open | behind_closed},
    {"게", "EC", behind_past | behind_open | behind_closed},
    {"며", "EC", behind_open},
    {"면", "EC", behind_open},
    {"니", "EC", behind_open},
    {"나", "EC", behind_open},
    {"자", "EC", behind_open},
    {"네", "EF", behind_past | behind_open | behind_closed},
    {"여", "EC", behind_open},
    {"어", "EC", behind_past | behind_open | behind_closed},
    {"아", "EC", behind_closed},
    {"나요", "EF", behind_past | behind_open | behind_closed},
    {"여서", "EC", behind_open},
    {"어서", "EC", behind_past | behind_open | behind_closed},
    {"아서", "EC", behind_closed},
    {"여야", "EC", behind_open},
    {"어야", "EC", behind_past | behind_open | behind_closed},
    {"아야", "EC", behind_closed},
    {"여도", "EC", behind_open},
    {"어도", "EC", behind_past | behind_open | behind_closed},
    {"아도", "EC", behind_closed},
    {"려", "EC", behind_open},
    {"려고", "EC", anywhere},
    {"으려고", "EC", anywhere},
    {"려면", "EC", anywhere},
    {"으려면", "EC", anywhere},
    {"려는", "ETM", anywhere},
    {"으려는", "ETM", anywhere},
    {"고자", "EC", behind_open | behind_closed},
    {"고서", "EC", behind_open | behind_closed},
    {"고는", "EC", behind_open | behind_closed},
    {"지는", "EC", behind_past | behind_open | behind_closed},
    {"지도", "EC", behind_past | behind_open | behind_closed},
    {"지만", "EC", anywhere},
    {"지요", "EF", anywhere},
    {"죠", "EF", behind_past | behind_open | behind_closed},
    {"도록", "EC", anywhere},
    {"면서", "EC", anywhere},
    {"으면서", "EC", anywhere},
    {"으며", "EC", anywhere},
    {"으면", "EC", anywhere},
    {"으나", "EC", behind_past | behind_closed},
    {"으니", "EC", behind_past | behind_closed},
    {"으니까", "EC", anywhere},
    {"으므로", "EC", anywhere},
    {"므로", "EC", behind_open},
    {"거나", "EC", anywhere},
    {"든지", "EC", behind_past | behind_open | behind_closed},
    {"든가", "EC", behind_past | behind_open | behind_closed},
    {"더니", "EC", behind_past | behind_open | behind_closed},
    {"더라", "EF", behind_past | behind_open | behind_closed},
    {"더라도", "EC", anywhere},
    {"는데", "EC", anywhere},
    {"은데", "EC", anywhere},
    {"는데요", "EF", anywhere},
    {"던데", "EC", anywhere},
    {"는지", "EC", anywhere},
    {"는지를", "EC", anywhere},
    {"는가", "EC", anywhere},
    {"는다", "EF", anywhere},
    {"는다고", "EC", anywhere},
    {"는다는", "ETM", anywhere},
    {"는다면", "EC", anywhere},
    {"다가", "EC", behind_past | behind_open | behind_closed},
    {"다는", "ETM", behind_past | behind_closed},
    {"다고", "EC", behind_past | behind_closed},
    {"다면", "EC", behind_past | behind_closed},
    {"다며", "EC", behind_past | behind_closed},
    {"다면서", "EC", behind_past | behind_closed},
    {"다니", "EC", behind_past | behind_closed},
    {"을까", "EF", behind_past | behind_closed},
    {"을까요", "EF", anywhere},
    {"을지", "EC", behind_past | behind_closed},
    {"을수록", "EC", anywhere},
    {"자마자", "EC", anywhere},
    {"구나", "EF", behind_past | behind_closed},
    {"군요", "EF", behind_past | behind_open | behind_closed},
    {"네요", "EF", anywhere},
    {"어요", "EF", anywhere},
    {"아요", "EF", anywhere},
    {"세요", "EF", anywhere},
    {"으세요", "EF", anywhere},
    {"습니다", "EF", anywhere},
    {"습니까", "EF", anywhere},
    {"습니다만", "EC", anywhere},
};

/// Forms in which a verb or the copula and its ending share a syllable, behind a noun of two syllables or more. `after`
/// is asked of the noun; a form of the copula may follow a particle too.
struct fused_form {
  std::string_view form, tag;
  joint after;
  bool copula;
};

inline constexpr fused_form fused_forms[] = {
    {"이다", "VCP+EF", joint::any, true},        {"이며", "VCP+EC", joint::any, true},
    {"이고", "VCP+EC", joint::any, true},        {"이자", "VCP+EC", joint::any, true},
    {"이지만", "VCP+EC", joint::any, true},      {"이라면", "VCP+EC", joint::any, true},
    {"이므로", "VCP+EC", joint::any, true},      {"이라서", "VCP+EC", joint::any, true},
    {"이어서", "VCP+EC", joint::any, true},      {"이지", "VCP+EC", joint::closed, true},
    {"이던", "VCP+ETM", joint::closed, true},    {"이었다", "VCP+EP+EF", joint::any, true},
    {"이었고", "VCP+EP+EC", joint::any, true},   {"이었으며", "VCP+EP+EC", joint::any, true},
    {"이었던", "VCP+EP+ETM", joint::any, true},  {"이었지만", "VCP+EP+EC", joint::any, true},
    {"이었으나", "VCP+EP+EC", joint::any, true}, {"이었는데", "VCP+EP+EC", joint::any, true},
    {"였다", "VCP+EP+EF", joint::open, true},    {"였고", "VCP+EP+EC", joint::open, true},
    {"였으며", "VCP+EP+EC", joint::open, true},  {"였던", "VCP+EP+ETM", joint::open, true},
    {"였지만", "VCP+EP+EC", joint::open, true},  {"였으나", "VCP+EP+EC", joint::open, true},
    {"였는데", "VCP+EP+EC", joint::open, true},  {"입니다", "VCP+EF", joint::any, true},
    {"입니까", "VCP+EF", joint::any, true},      {"인데", "VCP+EC", joint::any, true},
    {"인데요", "VCP+EF", joint::any, true},      {"인지", "VCP+EC", joint::any, true},
    {"인가", "VCP+EF", joint::any, true},        {"이에요", "VCP+EF", joint::closed, true},
    {"예요", "VCP+EF", joint::open, true},       {"이네요", "VCP+EF", joint::any, true},
    {"이네", "VCP+EF", joint::closed, true},     {"이라니", "VCP+EC", joint::closed, true},
};

}  // namespace kindred::text::detail
