// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <fstream>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/text/byte_pair_encoding.hpp>

#include "io/files.hpp"

using namespace kindred;
using text::byte_pair_encoding;
using text::word_counts;

namespace {

using strings = std::vector<std::string>;

/// What the plain trainer of tests/reference/text_byte_pair_encoding.py did.
struct expected {
  word_counts words;
  std::vector<strings> merges, segmentations;
  strings texts;
};

expected read_expected() {
  std::ifstream in(std::string(KINDRED_SOURCE_DIR) + "/tests/data/text/byte_pair_encoding.tsv");
  expected all;
  for (std::string line; std::getline(in, line);) {
    strings f(1);
    for (const char c : line)
      if (c == '\t')
        f.emplace_back();
      else
        f.back() += c;
    if (f[0] == "word") {
      all.words.add(f[1], std::stol(f[2]));
    } else if (f[0] == "merge") {
      all.merges.push_back({f[1], f[2]});
    } else {
      all.texts.push_back(f[1]);
      all.segmentations.emplace_back(f.begin() + 2, f.end());
    }
  }
  return all;
}

strings shown(const byte_pair_encoding& encoding, const std::vector<label_t>& symbols) {
  strings out;
  for (const label_t id : symbols) out.push_back(encoding.shown(id));
  return out;
}
std::vector<strings> merges_of(const byte_pair_encoding& encoding) {
  std::vector<strings> out;
  for (index_t i = 0; i < encoding.merges(); ++i)
    out.push_back({encoding.shown(encoding.merge(i).first), encoding.shown(encoding.merge(i).second)});
  return out;
}
byte_pair_encoding read(const std::string& text, const io::limits& accepted = {}) {
  io::byte_source source(as_bytes(text), "pieces");
  return byte_pair_encoding::load(source, accepted);
}
std::string refused(const std::string& text, const io::limits& accepted = {}) {
  return refusal([&] { read(text, accepted); });
}

}  // namespace

TEST_CASE("merges and segmentations are those of a plain trainer on strings") {
  const auto want = read_expected();
  REQUIRE(want.texts.size() == 51);
  const byte_pair_encoding encoding(want.words, {.symbols = 456});
  CHECK(encoding.size() == 456);
  CHECK(merges_of(encoding) == want.merges);
  for (std::size_t i = 0; i < want.texts.size(); ++i) {
    CAPTURE(want.texts[i]);
    CHECK(shown(encoding, encoding.encode(want.texts[i])) == want.segmentations[i]);
  }
}

TEST_CASE("what is learned depends on the counts, not on the order of the words, and stops at both bounds") {
  const auto want = read_expected();
  std::vector<std::pair<std::string, std::int64_t>> list;
  want.words.each([&](std::string_view w, std::int64_t n) { list.emplace_back(w, n); });
  word_counts turned;
  for (auto at = list.rbegin(); at != list.rend(); ++at) turned.add(at->first, at->second);
  CHECK(merges_of(byte_pair_encoding(turned, {.symbols = 456})) == want.merges);

  const byte_pair_encoding few(want.words, {.symbols = 260});
  CHECK(few.size() == 260);  // four characters and no merge
  CHECK(few.merges() == 0);
  word_counts small;
  small.add("abab", 3);
  small.add("xy", 2);
  const byte_pair_encoding frequent(small, {.symbols = 1000, .fewest = 3});
  // ab 6 times, then the blank before abab and ab before ab 3 times each: the blank is smaller
  CHECK(merges_of(frequent) == std::vector<strings>{{"a", "b"}, {"▁", "ab"}, {"▁ab", "ab"}});
  CHECK(byte_pair_encoding(word_counts{}).size() == 256);
  CHECK_THROWS_AS(byte_pair_encoding(small, {.symbols = 255}), argument_error);
  CHECK_THROWS_AS(byte_pair_encoding(small, {.fewest = -1}), argument_error);
  CHECK_THROWS_AS(frequent.piece(static_cast<label_t>(frequent.size())), argument_error);
  CHECK_THROWS_AS(frequent.merge(3), argument_error);
}

TEST_CASE("decoding gives back every text, byte by byte") {
  const auto want = read_expected();
  const byte_pair_encoding encoding(want.words, {.symbols = 456});
  for (const auto& text : want.texts) CHECK(encoding.decode(encoding.encode(text)) == text);
  for (const char* text : {" ", "  ", "\n", "a\n b\t\tc ", "\x80", "가\xEA\xB0", "\xE2\x96\x81 a", "\r\n나무 \n"})
    CHECK(encoding.decode(encoding.encode(text)) == text);
  // random bytes, and random mixtures of what was learned, white space and halves of characters
  for (std::uint64_t i = 0; i < 2000; ++i) {
    std::string text;
    for (std::uint64_t k = 0; k < 40; ++k) {
      const auto draw = random::below(600, 9, i, k);
      if (i % 2 == 0)
        text += static_cast<char>(draw % 256);
      else if (draw < 456)
        text += encoding.piece(static_cast<label_t>(draw));
      else
        text += " \n\xEA\xB0\t가나a"[draw % 12];
    }
    const auto symbols = encoding.encode(text);
    REQUIRE(encoding.decode(symbols) == text);
    CHECK(symbols.size() <= text.size() + 1);
  }
  CHECK(encoding.decode({}) == "");
  CHECK_THROWS_AS(encoding.decode(std::vector<label_t>{456}), argument_error);
}

TEST_CASE("a word of a million bytes is encoded in no more than n log n") {
  const auto want = read_expected();
  const byte_pair_encoding encoding(want.words, {.symbols = 456});
  std::string text;
  while (text.size() < 1000000) text += "aaaabananalowest";
  CHECK(encoding.decode(encoding.encode(text)) == text);
}

TEST_CASE("as a tokenizer it shows blanks and bytes and leaves out white space") {
  word_counts counts;
  counts.add("나무", 9);
  const byte_pair_encoding encoding(counts, {.symbols = 260});
  static_assert(text::Tokenizer<byte_pair_encoding>);
  strings found;
  encoding("나무\n 나무  é", [&](std::string_view p) { found.emplace_back(p); });
  CHECK(found == strings{"▁나무", "▁나무", "<0xC3>", "<0xA9>"});
}

TEST_CASE("a saved encoding is the same when it is loaded, from text and from a container") {
  const auto want = read_expected();
  const byte_pair_encoding encoding(want.words, {.symbols = 456});
  const temporary_folder folder;
  encoding.save(folder / "pieces.txt");
  const auto same = [&](const byte_pair_encoding& back) {
    REQUIRE(back.size() == encoding.size());
    for (label_t i = 0; i < encoding.size(); ++i) CHECK(back.piece(i) == encoding.piece(i));
    CHECK(merges_of(back) == want.merges);
    for (const auto& text : want.texts) CHECK(back.encode(text) == encoding.encode(text));
  };
  same(byte_pair_encoding::load(folder / "pieces.txt"));
  context<cpu> ctx;
  io::safetensors_writer writer;
  encoding.save(writer, "pieces.");
  writer.metadata("other.type", "vocabulary 1");
  writer.write(folder / "pieces.safetensors");
  const io::safetensors file(folder / "pieces.safetensors");
  same(byte_pair_encoding::load(ctx, file, "pieces."));
  CHECK(contains(refusal([&] { byte_pair_encoding::load(ctx, file, "other."); }), "expected byte_pair_encoding 1"));
}

TEST_CASE("a file that holds no encoding is refused with its line") {
  const std::string head = "kindred byte_pair_encoding 1\n";
  const auto file = [&](const std::string& rest) { return head + rest; };
  CHECK(read(file("characters 1\n가\nmerges 2\n▁ 가\n▁가 a\n")).size() == 259);
  CHECK(read(file("characters 0\nmerges 0\n")).size() == 256);
  CHECK(contains(refused(""), "pieces: line 1: '' is no whole line"));
  CHECK(contains(refused("word2vec\n"), "line 1: 'word2vec' is not the head"));
  CHECK(contains(refused(file("characters 0\nmerges 0")), "line 3: 'merges 0' is no whole line"));
  CHECK(contains(refused(file("merges 0\n")), "line 2: 'merges 0' is not the count"));
  CHECK(contains(refused(file("characters -1\n")), "is not the count"));
  CHECK(contains(refused(file("characters 1x\n")), "is not the count"));
  CHECK(contains(refused(file("characters 5000000000\n가\n")), "line 2: 'characters 5000000000' are more"));
  CHECK(contains(refused(file("characters 0\nmerges 3\na b\nc d\n")), "line 3: 'merges 3' are more"));
  CHECK(contains(refused(file("characters 1\na\n\nmerges 0\n")), "line 3: 'a' is no single character"));
  CHECK(contains(refused(file("characters 1\n가나\nmerges 0\n")), "no single character"));
  CHECK(contains(refused(file("characters 1\n▁\nmerges 0\n")), "no single character"));
  CHECK(contains(refused(file("characters 1\n\xEA\xB0\nmerges 0\n")), "no single character"));
  CHECK(contains(refused(file("characters 2\n나\n가\nmerges 0\n")), "line 4: '가' is not in order"));
  CHECK(contains(refused(file("characters 0\nmerges 1\nabc\n")), "line 4: 'abc' is no pair"));
  CHECK(contains(refused(file("characters 0\nmerges 1\nab c\n")), "line 4: 'ab' is no symbol"));
  CHECK(contains(refused(file("characters 0\nmerges 1\na \xEA\n")), "is no symbol that can be merged"));
  CHECK(contains(refused(file("characters 0\nmerges 1\n\t a\n")), "is no symbol that can be merged"));
  CHECK(contains(refused(file("characters 0\nmerges 1\na ▁\n")), "line 4: 'a ▁' has a blank inside"));
  CHECK(contains(refused(file("characters 0\nmerges 2\na b\na b\n")), "line 5: 'a b' was merged before"));
  CHECK(contains(refused(file("characters 0\nmerges 1\na b\nc d\n")), "line 5: 'c d' is after the last merge"));
  CHECK(contains(refused(file("characters 0\nmerges 1\na b\n"), {.rows = 256}), "one symbol more"));
  CHECK(contains(refused(file("characters 0\nmerges 1\na b\n"), {.bytes = 9}), "the limit is 9"));
}
