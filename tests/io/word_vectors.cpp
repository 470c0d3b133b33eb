// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>
#include <kindred/io/word_vectors.hpp>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;
using strings = std::vector<std::string>;

namespace {

io::word_table<float> parsed(const std::string& bytes, const io::word_vector_options& options = {}) {
  io::byte_source source(as_bytes(bytes), "memory");
  return io::read_word_vectors<float>(source, options);
}

std::string refused(const std::string& bytes, const io::word_vector_options& options = {}) {
  return refusal([&] { parsed(bytes, options); });
}

std::string floats(std::initializer_list<float> values) {
  std::string s(values.size() * 4, '\0');
  std::memcpy(s.data(), values.begin(), s.size());
  return s;
}

constexpr auto glove = io::word_vector_format::headerless;
constexpr auto binary = io::word_vector_format::binary;

}  // namespace

TEST_CASE("the text of word2vec is read, trailing blanks and CRLF too") {
  for (const char* text : {"2 3\n</s> 0.5 -1 2e-3\n고양이 1 2 3\n", "2 3\n</s> 0.5 -1 2e-3 \n고양이 1 2 3 \n",
                           "2 3\r\n</s> 0.5 -1 2e-3\r\n고양이 1 2 3", "2 3\n</s>\t0.5  -1 2e-3\n고양이 1 2 3\n\n"}) {
    CAPTURE(text);
    const auto t = parsed(text);
    CHECK(t.words == strings{"</s>", "고양이"});
    CHECK(t.cols == 3);
    CHECK(t.values == std::vector<float>{0.5f, -1, 2e-3f, 1, 2, 3});
  }
  CHECK(parsed("0 3\n").words.empty());
}

TEST_CASE("the binary of word2vec is read with and without line ends between the words") {
  for (const char* separator : {"\n", ""}) {
    const std::string file =
        std::string("2 2\n") + "a " + floats({1.5f, -2}) + separator + "bc " + floats({3, 4}) + separator;
    const auto t = parsed(file, {.format = binary});
    CHECK(t.words == strings{"a", "bc"});
    CHECK(t.values == std::vector<float>{1.5f, -2, 3, 4});
  }
  // numbers that look like blanks and line ends
  const auto t = parsed("1 1\nw     ", {.format = binary});
  CHECK(t.values[0] == 0x1.404040p-63f);
}

TEST_CASE("the lines of GloVe are read; with the dimensions a word may hold blanks") {
  const auto t = parsed("the 1 2\n, 3 4\n", {.format = glove});
  CHECK(t.words == strings{"the", ","});
  CHECK(t.values == std::vector<float>{1, 2, 3, 4});
  const auto blanks = parsed("the 1 2\n. . . 3 4\nat name@domain.com 5 6\n", {.format = glove, .dimensions = 2});
  CHECK(blanks.words == strings{"the", ". . .", "at name@domain.com"});
  CHECK(contains(refused("the 1 2 3\n. . 3 4\n", {.format = glove}), "line 2: '.', number 1, is not a number"));
}

TEST_CASE("a file longer than a piece is read as one") {
  std::string text = "5000 7\n", bytes = text;
  for (int i = 0; i < 5000; ++i) {
    text += "word" + std::to_string(i);
    bytes += "word" + std::to_string(i) + " ";
    for (int c = 0; c < 7; ++c) {
      text += ' ' + std::to_string(i * 7 + c);
      bytes += floats({static_cast<float>(i * 7 + c)});
    }
    text += '\n';
  }
  for (const auto& t : {parsed(text), parsed(bytes, {.format = binary})}) {
    REQUIRE(t.words.size() == 5000);
    CHECK(t.words[4321] == "word4321");
    for (int i = 0; i < 35000; ++i) REQUIRE(t.values[static_cast<std::size_t>(i)] == static_cast<float>(i));
  }
}

TEST_CASE("what a file of words may not hold is refused with its place") {
  CHECK(contains(refused(""), "line 1: the file is empty"));
  CHECK(contains(refused("2\na 1\n"), "'' is no count"));
  CHECK(contains(refused("1 2 3\na 1\n"), "more than two counts"));
  CHECK(contains(refused("x 2\na 1 2\n"), "'x' is no count"));
  CHECK(contains(refused("-1 2\na 1 2\n"), "'-1' is no count"));
  CHECK(contains(refused("1 0\na\n"), "0 numbers per word"));
  CHECK(contains(refused("9223372036854775808 2\na 1 2\n"), "is no count"));
  CHECK(contains(refused("4000000000 2\na 1 2\n"), "more than 6 bytes can hold"));
  CHECK(contains(refused("9000000000000000000 2\na 1 2\n"), "the limit is"));
  CHECK(contains(refused("2 1\na 1\nbcd 2 3\ne 4\n"), "something follows"));
  CHECK(contains(refused("2 1\na 1.0000\n"), "line 3: the file ends, but its head says 2 words"));
  CHECK(contains(refused("1 2\na 1.5\n"), "line 2: a word and 2 numbers are wanted"));
  CHECK(contains(refused("1 2\n 1 2222\n"), "line 2: a word and 2 numbers are wanted"));
  CHECK(contains(refused("1 1\na nan\n"), "line 2: 'nan', number 1, is not finite"));
  CHECK(refused("1 1\na nan\n", {.limits = {.non_finite = io::non_finite::keep}}).empty());
  CHECK(contains(refused("1 1\na 1e39\n"), "does not fit"));
  CHECK(contains(refused("1 1\n" + std::string(5000, 'a') + " 1\n"), "a word of 5000 bytes"));
  CHECK(contains(refused("1 1\n" + std::string(5000, 'a') + " 1234", {.format = binary}), "more than 4097 bytes"));
  CHECK(contains(refused("2 1\na " + floats({1}) + "longer ab", {.format = binary}),
                 "byte 10, word 2: 2 bytes are left"));
  CHECK(contains(refused("1 1\n\n " + floats({1}), {.format = binary}), "an empty word"));
  CHECK(contains(refused("a\n", {.format = glove}), "a word and numbers are wanted"));
  CHECK(contains(refused("1 1\na 1\n", {.limits = {.bytes = 7}}), "8 bytes, the limit is 7"));
  CHECK(contains(refused("3 1\na 1\nb 2\nc 3\n", {.limits = {.rows = 2}}), "3 words, the limit is 2"));
  CHECK(contains(refused("a 1\nb 2\nc 3\n", {.format = glove, .limits = {.rows = 2}}),
                 "line 3: more words than the limits"));
  CHECK(contains(refused("a 1 2\n", {.format = glove, .limits = {.dimensions = 1}}),
                 "2 numbers per word, the limit is 1"));
  CHECK_THROWS_AS(parsed("1 1\na 1\n", {.dimensions = 1}), kindred::argument_error);
  CHECK_THROWS_AS(parsed("a 1\n", {.format = glove, .dimensions = -1}), kindred::argument_error);
}

TEST_CASE("words that are no UTF-8 or come twice are refused, or passed over with their vectors") {
  const std::string text = "3 1\na 1\n\xff 2\na 3\n";
  CHECK(contains(refused(text), "line 3: the word '?' is not well-formed UTF-8"));
  CHECK(contains(refused(text, {.not_utf8 = io::bad_word::skip}), "line 4: the word 'a' stands there twice"));
  const auto t = parsed(text, {.not_utf8 = io::bad_word::skip, .repeated = io::bad_word::skip});
  CHECK(t.words == strings{"a"});
  CHECK(t.values == std::vector<float>{1});
}

TEST_CASE("saved words are read back with the same numbers") {
  context<cpu> ctx;
  const temporary_folder folder;
  const strings words{"하나", "two"};
  const std::vector<double> numbers{1.0 / 3, -1e-300, 5, 0.1};
  const kindred::matrix<double, cpu> m(ctx, 2, 2, numbers);
  io::save_word_vectors(folder / "w.vec", words, m);
  const auto back = io::load_word_vectors<double>(ctx, folder / "w.vec");
  CHECK(back.words == words);
  CHECK(back.vectors.to_host() == numbers);
  io::save_word_vectors(folder / "part.vec", words, m.view().middle_cols(1, 1));
  CHECK(io::read_word_vectors<double>(folder / "part.vec").values == std::vector<double>{-1e-300, 0.1});
  CHECK_THROWS_AS(io::save_word_vectors(folder / "x.vec", {"one"}, m), kindred::shape_error);
  CHECK_THROWS_AS(io::save_word_vectors(folder / "x.vec", {"one", "t w o"}, m), kindred::argument_error);
  CHECK(contains(refusal([&] { io::load_word_vectors<float>(ctx, folder / "x.vec"); }), "No such file"));
  CHECK(folder.count() == 2);
}

TEST_CASE("saved words are read back from every format, binary as word2vec writes it") {
  context<cpu> ctx;
  const temporary_folder folder;
  const strings words{"하나", "two"};
  const std::vector<float> numbers{1.0f / 3, -1e-30f, 5, 0.1f};
  const kindred::matrix<float, cpu> m(ctx, 2, 2, numbers);
  using format = io::word_vector_format;
  for (const auto& [name, as] : {std::pair("w.vec", format::text), std::pair("w.glove", format::headerless),
                                 std::pair("w.bin", format::binary), std::pair("w.npy", format::array)}) {
    io::save_word_vectors(folder / name, words, m, as);
    const auto back = io::load_word_vectors<float>(ctx, folder / name, {.format = as});
    CHECK(back.words == words);
    CHECK(back.vectors.to_host() == numbers);
    if (as != format::headerless) CHECK(io::word_vector_format_of(name) == as);
  }
  CHECK(bytes_of(folder / "w.bin") == "2 2\n하나 " + floats({1.0f / 3, -1e-30f}) + "\ntwo " + floats({5, 0.1f}) + "\n");
  CHECK(bytes_of(folder / "w.txt") == "하나\ntwo\n");
  CHECK(io::load_matrix<float>(ctx, folder / "w.npy").to_host() == numbers);
  io::save_word_vectors(folder / "part.npy", words, m.view().middle_cols(1, 1), format::array);
  CHECK(io::read_word_vectors<float>(folder / "part.npy", {.format = format::array}).values ==
        std::vector<float>{-1e-30f, 0.1f});

  const auto refused_words = [&](const std::string& text) {
    write_bytes(folder / "w.txt", text);
    return refusal([&] { io::read_word_vectors<float>(folder / "w.npy", {.format = format::array}); });
  };
  CHECK(contains(refused_words("one\n"), "w.txt: 1 words, "));
  CHECK(contains(refused_words("one\ntwo\nthree\n"), "more words than "));
  CHECK(contains(refused_words("one\n\n"), "line 2: an empty word"));
  CHECK(contains(refused_words("one\none\n"), "line 2: the word 'one' stands there twice"));
  CHECK(refused_words("one\r\ntwo").empty());
  CHECK_THROWS_AS(io::save_word_vectors(folder / "w.vec", words, m, format::array), kindred::argument_error);
  CHECK_THROWS_AS(io::read_word_vectors<float>(folder / "w.vec", {.format = format::array}), kindred::argument_error);
  CHECK_THROWS_AS(parsed("a 1\n", {.format = format::array}), kindred::argument_error);
}
