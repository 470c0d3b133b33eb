// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/interop/mecab.hpp>
#include <kindred/text/part_of_speech_filter.hpp>
#include <vector>

#include "io/files.hpp"

using kindred::interop::mecab_tokenizer;

namespace {

/// Compiles a dictionary of five words; MeCab's compiler comes with its library.
void make_dictionary(const temporary_folder& folder, const std::string& charset) {
  write_bytes(folder / "words.csv",
              "나무,0,0,10,NNG,*,나무\n가,0,0,10,JKS,*,가\n크,0,0,10,VA,*,크\n다,0,0,10,EF,*,다\n"
              "컸,0,0,10,VA+EP,*,크+었\n");
  write_bytes(folder / "matrix.def", "1 1\n0 0 0\n");
  write_bytes(folder / "char.def", "DEFAULT 0 1 0\nSPACE 0 1 0\nALPHA 1 1 0\n0x0020 SPACE\n0x0061..0x007A ALPHA\n");
  write_bytes(folder / "unk.def", "DEFAULT,0,0,4000,SY,*,*\nSPACE,0,0,4000,SP,*,*\nALPHA,0,0,4000,SL,*,*\n");
  write_bytes(folder / "dicrc", "cost-factor = 800\nbos-feature = BOS/EOS,*,*\nconfig-charset = UTF-8\n");
  for (const char* empty : {"rewrite.def", "feature.def", "pos-id.def"}) write_bytes(folder / empty, "");
  std::vector<std::string> arguments{
      "mecab-dict-index", "-d", folder / "", "-o", folder / "", "-f", "UTF-8", "-t", charset};
  std::vector<char*> pointers;
  for (auto& a : arguments) pointers.push_back(a.data());
  REQUIRE(mecab_dict_index(static_cast<int>(pointers.size()), pointers.data()) == 0);
}

std::vector<std::string> tagged(const auto& cut, std::string_view text) {
  std::vector<std::string> found;
  cut.tagged(text,
             [&](kindred::text::tagged_token t) { found.push_back(std::string(t.form) + "/" + std::string(t.tag)); });
  return found;
}

}  // namespace

TEST_CASE("MeCab cuts by its dictionary and gives the first field of the features as the tag") {
  const temporary_folder folder;
  make_dictionary(folder, "UTF-8");
  const mecab_tokenizer cut({.dictionary = folder / ""});
  using list = std::vector<std::string>;
  CHECK(tagged(cut, "나무가 컸다 abc") == list{"나무/NNG", "가/JKS", "컸/VA+EP", "다/EF", "abc/SL"});
  CHECK(tagged(cut, "").empty());
  CHECK(tagged(cut, std::string_view()).empty());
  // a view that ends inside a longer text
  CHECK(tagged(cut, std::string_view("나무가 크다").substr(0, 6)) == list{"나무/NNG"});
  const mecab_tokenizer copy = cut;
  list forms;
  copy("나무가", [&](std::string_view form) { forms.emplace_back(form); });
  CHECK(forms == list{"나무", "가"});
  CHECK(tagged(kindred::text::part_of_speech_filter{cut, {"NN", "EP"}}, "나무가 컸다") == list{"나무/NNG", "컸/VA+EP"});
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  CHECK_FALSE(tagged(cut, bytes).empty());  // bytes that are no UTF-8 are cut in some way
}

TEST_CASE("a folder without a dictionary and one in another encoding are refused by name") {
  const temporary_folder folder;
  CHECK(contains(refusal([&] { mecab_tokenizer({.dictionary = folder / "absent"}); }), "absent: MeCab: "));
  make_dictionary(folder, "EUC-KR");
  CHECK(contains(refusal([&] { mecab_tokenizer({.dictionary = folder / ""}); }), "is in EUC-KR, expected UTF-8"));
}
