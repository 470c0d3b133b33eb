// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdlib>
#include <kindred/interop/kiwi.hpp>
#include <optional>
#include <vector>

using kindred::argument_error;
using kindred::io_error;
using kindred::interop::kiwi_tokenizer;

TEST_CASE("a folder without a model of Kiwi is refused by name") {
  std::string message;
  try {
    kiwi_tokenizer("absent folder");
  } catch (const io_error& e) {
    message = e.what();
  }
  CHECK(message.find("absent folder: Kiwi: ") == 0);
}

// With Kiwi and the folder of its model in KINDRED_KIWI_MODEL: what version 0.24.1 cuts.
#if !defined(KINDRED_KIWI_STAND_IN)
TEST_CASE("Kiwi cuts morphemes through the adapter" * doctest::skip(std::getenv("KINDRED_KIWI_MODEL") == nullptr)) {
  const kiwi_tokenizer cut(std::getenv("KINDRED_KIWI_MODEL"));
  std::vector<std::string> found;
  cut.tagged("제주도 바다에서 친구들이랑 찍은 사진 #제주여행",
             [&](kindred::text::tagged_token t) { found.push_back(std::string(t.form) + "/" + std::string(t.tag)); });
  CHECK(found == std::vector<std::string>{"제주도/NNP", "바다/NNG", "에서/JKB", "친구/NNG", "들/XSN", "이랑/JKB",
                                          "찍/VV", "은/ETM", "사진/NNG", "#제주여행/W_HASHTAG"});
}
#endif

// Where Kiwi is not installed, what follows stands in for it: a "model" that cuts at blanks, and counts what is open.
// It checks what the adapter does with the interface, not Kiwi.
#if defined(KINDRED_KIWI_STAND_IN)
struct kiwi_s {
  int options;
};
struct kiwi_res {
  std::vector<std::string> forms;
};
namespace {
int models = 0, results = 0, match = 0;
}
extern "C" {
const char* kiwi_error(void) { return "as told"; }
kiwi_h kiwi_init(const char* path, int threads, int options) {
  if (std::string(path) != "model" || threads != 1) return nullptr;
  ++models;
  return new kiwi_s{options};
}
int kiwi_close(kiwi_h handle) {
  --models;
  delete handle;
  return 0;
}
kiwi_res_h kiwi_analyze(kiwi_h, const char* text, int best, int options, kiwi_morphset_h blocked,
                        kiwi_pretokenized_h cut) {
  if (std::string(text) == "fail" || best != 1 || blocked || cut) return nullptr;
  match = options;
  ++results;
  auto* const r = new kiwi_res{};
  for (std::string rest = text; !rest.empty();) {
    const auto end = rest.find(' ');
    r->forms.push_back(rest.substr(0, end));
    rest = end == std::string::npos ? "" : rest.substr(end + 1);
  }
  return r;
}
int kiwi_res_size(kiwi_res_h) { return 1; }
int kiwi_res_word_num(kiwi_res_h r, int) { return static_cast<int>(r->forms.size()); }
const char* kiwi_res_form(kiwi_res_h r, int, int i) { return r->forms[static_cast<std::size_t>(i)].c_str(); }
const char* kiwi_res_tag(kiwi_res_h, int, int i) { return i == 2 ? nullptr : i == 0 ? "NNG" : "JKS"; }
int kiwi_res_close(kiwi_res_h r) {
  --results;
  delete r;
  return 0;
}
}

TEST_CASE("the adapter of Kiwi hands forms and tags through and closes what it opens") {
  {
    const kiwi_tokenizer cut("model");
    const kiwi_tokenizer copy = cut;
    CHECK(models == 1);
    std::vector<std::string> found;
    copy.tagged("나무 가", [&](kindred::text::tagged_token t) {
      found.push_back(std::string(t.form) + "/" + std::string(t.tag));
      CHECK(results == 1);
    });
    CHECK(found == std::vector<std::string>{"나무/NNG", "가/JKS"});
    CHECK(match == KIWI_MATCH_ALL_WITH_NORMALIZING);
    found.clear();
    cut("나무 가", [&](std::string_view form) { found.emplace_back(form); });
    CHECK(found == std::vector<std::string>{"나무", "가"});
    cut("", [&](std::string_view) { CHECK(false); });
    const auto ignore = [](std::string_view) {};
    CHECK_THROWS_AS(cut("fail", ignore), argument_error);
    CHECK_THROWS_AS(cut("a b c", ignore), argument_error);  // the third has no tag
    CHECK_THROWS_AS(cut(std::string_view("a\0b", 3), ignore), argument_error);
    CHECK(results == 0);
  }
  CHECK(models == 0);
}

TEST_CASE("both forms that kiwi_init has had are called with the arguments of their version") {
  using kindred::interop::detail::opened;
  static int build = 0, dialects = -1;
  const auto three = +[](const char*, int threads, int options) -> kiwi_h {
    build = threads * options;
    return nullptr;
  };
  const auto four = +[](const char*, int threads, int options, int enabled) -> kiwi_h {
    build = -threads * options;
    dialects = enabled;
    return nullptr;
  };
  opened(three, "", 40);
  CHECK(build == 40);
  CHECK(dialects == -1);
  opened(four, "", 40);
  CHECK(build == -40);
  CHECK(dialects == 0);
}

TEST_CASE("every form that kiwi_analyze has had is called with the arguments of its version") {
  using kindred::interop::detail::best_analysis;
  struct options {
    int match_options;
    kiwi_morphset_h blocklist;
    int open_ending, allowed_dialects;
    float dialect_cost;
  };
  const auto four = +[](kiwi_h, const char*, int best, int m) { return best * m; };
  const auto five = +[](kiwi_h, const char*, int best, options o, kiwi_pretokenized_h) {
    return best * o.match_options + static_cast<int>(o.dialect_cost) + o.open_ending + o.allowed_dialects;
  };
  const auto six = +[](kiwi_h, const char*, int best, int m, kiwi_morphset_h, kiwi_pretokenized_h) { return best * m; };
  CHECK(best_analysis(four, nullptr, "", 40) == 40);
  CHECK(best_analysis(five, nullptr, "", 40) == 43);
  CHECK(best_analysis(six, nullptr, "", 40) == 40);
}
#endif
