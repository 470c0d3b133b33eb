// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/text/vocabulary.hpp>
#include <limits>
#include <map>

#include "io/files.hpp"

using namespace kindred;
using text::vocabulary;
using text::word_counts;

namespace {

/// Words between single blanks.
struct blanks {
  template <class Emit>
  void operator()(std::string_view s, Emit&& emit) const {
    while (!s.empty()) {
      const auto end = std::min(s.find(' '), s.size());
      if (end > 0) emit(s.substr(0, end));
      s.remove_prefix(std::min(end + 1, s.size()));
    }
  }
};

/// Word number i of the tests: distinct, of lengths 1 to 21, with zero bytes and bytes above 127 among them.
std::string made_word(index_t i) {
  std::string w(static_cast<std::size_t>(i % 7 * 3), static_cast<char>(i % 5 * 60));
  do w.push_back(static_cast<char>('a' + i % 16));
  while ((i /= 16) > 0);
  return w;
}

vocabulary read(const std::string& text, const io::limits& accepted = {}) {
  io::byte_source source(as_bytes(text), "words");
  return vocabulary::load(source, accepted);
}
std::string refused(const std::string& text, const io::limits& accepted = {}) {
  return refusal([&] { read(text, accepted); });
}

}  // namespace

TEST_CASE("words are counted as a map of strings counts them") {
  word_counts counts, first, second;
  std::map<std::string, std::int64_t> want;
  for (index_t i = 0; i < 60000; ++i) {
    // a long tail: most words come once or twice, some thousands of times
    const double u = random::uniform(1, 0, static_cast<std::uint64_t>(i));
    const auto word = made_word(static_cast<index_t>(5.0 / (u + 1e-4)));
    counts.add(word);
    (i < 20000 ? first : second).add(word);
    ++want[word];
  }
  counts.add("weighted", 7);
  counts.add("not there", 0);
  REQUIRE(counts.size() == static_cast<index_t>(want.size()) + 1);
  CHECK(counts.total() == 60007);
  CHECK(counts.floor() == 0);
  CHECK(counts.count("weighted") == 7);
  CHECK(counts.count("not there") == 0);
  index_t seen = 0;
  counts.each([&](std::string_view word, std::int64_t count) {
    if (word != "weighted") CHECK(want.at(std::string(word)) == count);
    ++seen;
  });
  CHECK(seen == counts.size());
  first.add(second);
  REQUIRE(first.size() == static_cast<index_t>(want.size()));
  for (const auto& [word, count] : want) CHECK(first.count(word) == count);
  CHECK_THROWS_AS(counts.add("x", -1), argument_error);
  CHECK_THROWS_AS(word_counts({.most_words = -1}), argument_error);
  word_counts full;
  full.add("a", std::numeric_limits<std::int64_t>::max());
  CHECK_THROWS_AS(full.add("b"), argument_error);
  CHECK(full.count("b") == 0);
}

TEST_CASE("pruning keeps the frequent words and their counts, and words can come again") {
  word_counts counts;
  for (index_t i = 0; i < 1000; ++i) counts.add(made_word(i), i % 10 + 1);
  counts.prune(8);
  CHECK(counts.size() == 300);
  CHECK(counts.floor() == 7);
  CHECK(counts.total() == 5500);
  for (index_t i = 0; i < 1000; ++i) CHECK(counts.count(made_word(i)) == (i % 10 + 1 >= 8 ? i % 10 + 1 : 0));
  counts.add(made_word(0));
  CHECK(counts.count(made_word(0)) == 1);
}

TEST_CASE("a bound on the words holds, and frequent words survive with their counts") {
  word_counts counts({.most_words = 100});
  // 20 words that come every round among thousands that come once
  for (index_t round = 0; round < 300; ++round) {
    for (index_t i = 0; i < 20; ++i) counts.add(made_word(i));
    for (index_t i = 0; i < 30; ++i) counts.add(made_word(1000 + round * 30 + i));
    CHECK(counts.size() <= 100);
  }
  CHECK(counts.total() == 300 * 50);
  CHECK(counts.floor() > 0);
  for (index_t i = 0; i < 20; ++i) CHECK(counts.count(made_word(i)) == 300);
  // all equally frequent: the bound still holds
  word_counts equal({.most_words = 8});
  for (index_t i = 0; i < 100; ++i) {
    equal.add(made_word(i), 1000000);
    CHECK(equal.size() <= 8);
    CHECK(equal.count(made_word(i)) == 1000000);
  }
}

TEST_CASE("ids go by occurrences, then by bytes") {
  word_counts counts;
  counts.add("b c c a 나 가 가 c z", blanks{});
  const vocabulary all(counts);
  CHECK(all.words() == std::vector<std::string>{"c", "가", "a", "b", "z", "나"});
  CHECK(all.counts() == std::vector<std::int64_t>{3, 2, 1, 1, 1, 1});
  CHECK(all.total() == 9);
  for (label_t i = 0; i < 6; ++i) {
    CHECK(all.id(all.word(i)) == i);
    CHECK(all.count(i) == all.counts()[static_cast<std::size_t>(i)]);
  }
  CHECK(all.id("다") == vocabulary::unknown);
  CHECK(all.id("") == -1);
  CHECK_FALSE(all.contains("cc"));
  CHECK(vocabulary(counts, {.fewest = 2}).words() == std::vector<std::string>{"c", "가"});
  CHECK(vocabulary(counts, {.most_words = 3}).words() == std::vector<std::string>{"c", "가", "a"});
  CHECK(vocabulary(counts, {.fewest = 4}).size() == 0);
  CHECK(vocabulary().total() == 0);
  CHECK_THROWS_AS(all.word(6), argument_error);
  CHECK_THROWS_AS(all.count(-1), argument_error);
  CHECK_THROWS_AS(vocabulary(counts, {.fewest = -1}), argument_error);
  CHECK_THROWS_AS(vocabulary(counts, {.most_words = -1}), argument_error);

  std::vector<label_t> ids{9};
  all.encode("가 x c", blanks{}, ids);
  CHECK(ids == std::vector<label_t>{9, 1, 0});
  all.encode("x c", blanks{}, ids, 6);
  CHECK(ids == std::vector<label_t>{9, 1, 0, 6, 0});
}

TEST_CASE("a saved vocabulary is the same when it is loaded, from text and from a container") {
  word_counts counts;
  for (index_t i = 0; i < 500; ++i) counts.add("낱말" + std::to_string(i * i), 1 + i % 40);
  counts.add("tab\tand\rreturn", 3);
  const vocabulary words(counts);
  const temporary_folder folder;
  words.save(folder / "words.txt");
  const auto back = vocabulary::load(folder / "words.txt");
  CHECK(back.words() == words.words());
  CHECK(back.counts() == words.counts());
  CHECK(back.total() == words.total());
  CHECK(back.id("낱말49") == words.id("낱말49"));
  CHECK(bytes_of(folder / "words.txt").rfind("낱말101761\t40\n낱말128881\t40\n", 0) == 0);

  counts.add("line\nfeed \xff", 1);
  const vocabulary any(counts);
  CHECK_THROWS_AS(any.save(folder / "words.txt"), argument_error);
  context<cpu> ctx;
  io::safetensors_writer writer;
  any.save(writer, "words.");
  writer.metadata("other.type", "vocabulary 2");
  writer.write(folder / "words.safetensors");
  const io::safetensors file(folder / "words.safetensors");
  const auto stored = vocabulary::load(ctx, file, "words.");
  CHECK(stored.words() == any.words());
  CHECK(stored.counts() == any.counts());
  CHECK(contains(refusal([&] { vocabulary::load(ctx, file, "other."); }), "expected vocabulary 1, got vocabulary 2"));
}

TEST_CASE("tensors that make no vocabulary are refused") {
  context<cpu> ctx;
  const temporary_folder folder;
  const auto message = [&](std::vector<std::uint8_t> bytes, std::vector<index_t> ends,
                           std::vector<std::int64_t> counts) {
    io::safetensors_writer writer;
    writer.metadata("type", "vocabulary 1");
    writer.add("bytes", std::move(bytes));
    writer.add("ends", std::move(ends));
    writer.add("counts", std::move(counts));
    writer.write(folder / "bad");
    const io::safetensors file(folder / "bad");
    return refusal([&] { vocabulary::load(ctx, file, ""); });
  };
  CHECK(message({'a', 'b'}, {1, 2}, {2, 1}) == "");
  CHECK(contains(message({'a', 'b'}, {1, 2}, {2}), "2 words but 1 counts"));
  CHECK(contains(message({'a', 'b'}, {1}, {2}), "do not run to the 2 bytes"));
  CHECK(contains(message({'a', 'b'}, {}, {}), "do not run to the 2 bytes"));
  CHECK(contains(message({'a', 'b'}, {3, 2}, {2, 1}), "number 0 is 3"));
  CHECK(contains(message({'a', 'b'}, {2, -1, 2}, {2, 1, 1}), "number 1 is -1"));
  CHECK(contains(message({'a', 'b'}, {1, 1, 2}, {3, 2, 1}), "word 1 is empty"));
  CHECK(contains(message({'a', 'a'}, {1, 2}, {2, 1}), "word 1 occurs twice"));
  CHECK(contains(message({'b', 'a'}, {1, 2}, {2, 2}), "word 1 is out of order"));
}

TEST_CASE("a file that holds no vocabulary is refused with its line") {
  CHECK(read("").size() == 0);
  CHECK(read("a\t2\r\nb\t1").words() == std::vector<std::string>{"a", "b"});
  CHECK(contains(refused("a\t2\nb"), "words: line 2: 'b' has no tab"));
  CHECK(contains(refused("\n"), "line 1: '' has no tab"));
  CHECK(contains(refused("a\t2\n\t1\n"), "line 2: '' is empty"));
  CHECK(contains(refused("a\t\n"), "line 1: '' is no count"));
  CHECK(contains(refused("a\t2x\n"), "line 1: '2x' is no count"));
  CHECK(contains(refused("a\t99999999999999999999\n"), "is no count"));
  CHECK(contains(refused("a\t0\n"), "line 1: 'a' occurs less than once"));
  CHECK(contains(refused("a\t-3\n"), "less than once"));
  CHECK(contains(refused("a\t9223372036854775807\nb\t1\n"), "line 2: 'b' brings more occurrences"));
  CHECK(contains(refused("a\t2\na\t1\n"), "line 2: 'a' occurs twice"));
  CHECK(contains(refused("a\t1\nb\t2\n"), "line 2: 'b' is out of order"));
  CHECK(contains(refused("b\t1\na\t1\n"), "line 2: 'a' is out of order"));
  CHECK(contains(refused("a\xff\t1\n"), "line 1: 'a?' is not well-formed UTF-8"));
  CHECK(contains(refused("a\t3\nb\t2\nc\t1\n", {.rows = 2}), "line 3: 'c' is one word more"));
  CHECK(contains(refused("a\t3\nb\t2\n", {.bytes = 4}), "8 bytes, the limit is 4"));
  CHECK(contains(refusal([] { vocabulary::load("absent.txt"); }), "No such file"));
}
