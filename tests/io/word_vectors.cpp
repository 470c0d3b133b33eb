// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/npy.hpp>
#include <kindred/io/word_vectors.hpp>

#include "files.hpp"
#include "gzip.hpp"

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
constexpr auto lines = io::word_vector_format::text;
constexpr auto array = io::word_vector_format::array;

/// The same words in three formats: 3 words x 4 numbers.
const std::string in_text = "3 4\nred 1 2 3 4\ngreen 5 6 7 8\nblue 9 10 11 12\n";
const std::string in_glove = in_text.substr(4);
const std::string in_binary =
    "3 4\nred " + floats({1, 2, 3, 4}) + "green " + floats({5, 6, 7, 8}) + "blue " + floats({9, 10, 11, 12});

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

TEST_CASE("the format is found out from the first two lines, byte order marks and CRLF are taken in each") {
  const std::string crlf = "3 4\r\nred " + floats({1, 2, 3, 4}) + "\r\ngreen " + floats({5, 6, 7, 8}) + "\r\nblue " +
                           floats({9, 10, 11, 12}) + "\r\n";
  for (const std::string& file : {in_text, in_glove, in_binary, crlf})
    for (const char* mark : {"", "\xEF\xBB\xBF"}) {
      CAPTURE(file);
      const auto t = parsed(mark + file);
      CHECK(t.words == strings{"red", "green", "blue"});
      REQUIRE(t.values.size() == 12);
      for (int i = 0; i < 12; ++i) CHECK(t.values[static_cast<std::size_t>(i)] == static_cast<float>(i + 1));
    }
  CHECK(parsed(crlf, {.format = binary}).words[1] == "green");
  CHECK(parsed("0 7\n").cols == 7);
  CHECK(parsed("1990 0.5 2\n1991 1 2\n").words == strings{"1990", "1991"});   // numbers as words
  CHECK(parsed("3 4\n5 6\n", {.format = glove}).words == strings{"3", "5"});  // one dimension
}

TEST_CASE("a file of another format is refused with the name of the format it looks like") {
  using format = io::word_vector_format;
  const auto looks = [](const std::string& file, format as) { return refused(file, {.format = as}); };
  CHECK(contains(looks(in_text, glove), "line 1: this looks like the text of word2vec: use word_vector_format::text"));
  CHECK(contains(looks(in_binary, glove), "this looks like the binary form of word2vec"));
  CHECK(contains(looks(in_glove, lines), "this looks like a file of GloVe: use word_vector_format::headerless"));
  CHECK(contains(looks(in_glove, binary), "this looks like a file of GloVe"));
  CHECK(contains(looks(in_binary, lines), "this looks like the binary form of word2vec"));
  CHECK(contains(looks(in_text, binary), "this looks like the text of word2vec"));
  for (const format as : {format::automatic, lines, binary, glove}) {
    CHECK(contains(looks("\xba\x16\x4f\x2f\x0c" + std::string(400, '\1'), as), "memory: this is a model of fastText"));
    CHECK(contains(looks("\x1f\x8b\x08zyxwvut", as), "compressed by gzip; give interop::gzip_format"));
    CHECK(contains(looks("\x80\x04\x95zyxwvut", as), "a pickle of Python"));
    CHECK(contains(looks("PK\3\4zyxwvut", as), "a zip archive"));
    CHECK(contains(looks("\x93NUMPY\1zyxwvut", as), "a NumPy array"));
  }
  // numbers never become a part of a word unnoticed
  CHECK(contains(refused("2 2\nred 1 2 3\nblue 4 5 6\n"), "line 2: more than 2 numbers; if the word is 'red 1'"));
  CHECK(contains(refused("x 2\na 1 2\n"), "line 2: more than 1 numbers; if the word is 'a 1', give the dimensions"));
  CHECK(parsed("2 2\nred 1 2 3\nblue 4 5 6\n", {.dimensions = 2}).words == strings{"red 1", "blue 4"});
}

TEST_CASE("the first words of a file are read, compressed files too") {
  const temporary_folder folder;
  context<cpu> ctx;
  const strings words{"red", "green", "blue"};
  const auto m = kindred::matrix<float, cpu>(ctx, 3, 4, parsed(in_text).values);
  using format = io::word_vector_format;
  for (const auto& [name, as] : {std::pair("w.vec", lines), std::pair("w.glove", glove), std::pair("w.bin", binary),
                                 std::pair("w.npy", array)}) {
    io::save_word_vectors(folder / name, words, m, as);
    for (const index_t most : {0, 1, 2, 3, 9}) {
      const auto t = io::read_word_vectors<float>(folder / name, {.most_words = most});
      const auto kept = static_cast<std::size_t>(most == 0 || most > 3 ? 3 : most);
      CHECK(t.words == strings(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(kept)));
      CHECK(t.values.size() == 4 * kept);
      CHECK(t.values.back() == static_cast<float>(4 * kept));
    }
  }
  CHECK(parsed("4 1\na 1\na 2\nb 3\nsurplus and more", {.repeated = io::bad_word::skip, .most_words = 2}).words ==
        strings{"a"});
  CHECK_THROWS_AS(io::save_word_vectors(folder / "x", words, m, format::automatic), kindred::argument_error);

  const io::stream_format formats[] = {kindred::interop::gzip_format};
  for (const std::string& file : {in_text, in_glove, in_binary}) {
    write_bytes(folder / "w.gz", gzip(file));
    CHECK(io::read_word_vectors<float>(folder / "w.gz", {.formats = formats}).values == parsed(in_text).values);
    CHECK(contains(refusal([&] { io::read_word_vectors<float>(folder / "w.gz"); }),
                   "give the reader interop::gzip_format"));
    CHECK(contains(
        refusal([&] { io::read_word_vectors<float>(folder / "w.gz", {.limits = {.bytes = 40}, .formats = formats}); }),
        "the limit"));
  }
}

TEST_CASE("what no reader takes is not written") {
  context<cpu> ctx;
  const temporary_folder folder;
  const kindred::matrix<double, cpu> m(ctx, 2, 1, std::vector<double>{1, 2});
  const kindred::matrix<double, cpu> nan(ctx, 2, 1, std::vector<double>{1, NAN});
  const kindred::matrix<double, cpu> wide(ctx, 2, 1, std::vector<double>{1, 1e39});
  for (const auto as : {lines, glove, binary, array}) {
    const auto refuses = [&](const strings& words, const kindred::matrix<double, cpu>& numbers, const char* message) {
      try {
        io::save_word_vectors(folder / "v.npy", words, numbers, as);
      } catch (const kindred::argument_error& e) {
        return contains(e.what(), message);
      }
      return false;
    };
    CHECK(refuses({"a", ""}, m, "word 1, '', is empty"));
    CHECK(refuses({"a", "b c"}, m, "word 1, 'b c', holds blanks"));
    CHECK(refuses({"a", "b\r"}, m, "holds blanks or line ends"));
    CHECK(refuses({std::string(4097, 'x'), "b"}, m, "is longer than 4096 bytes"));
    CHECK(refuses({"a", "\xff"}, m, "is not well-formed UTF-8"));
    CHECK(refuses({"a", "a"}, m, "word 1, 'a', occurs twice"));
    const bool head = as == lines || as == binary;
    if (!head) CHECK(refuses({"\xEF\xBB\xBF", "b"}, m, "begins with a byte order mark"));
    CHECK(refuses({"a", "b"}, nan, "word 1, number 0 is not finite"));
    if (as == binary) CHECK(refuses({"a", "b"}, wide, "word 1, number 0 is not finite"));
    CHECK(folder.count() == 0);
    io::save_word_vectors(folder / "w.npy", {std::string(4096, 'x'), "b"}, m, as);
    CHECK(io::read_word_vectors<double>(folder / "w.npy", {.format = as}).words[0].size() == 4096);
    std::filesystem::remove(folder / "w.npy");
  }
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
  CHECK(contains(refused("2\na 1\n"), "line 1: expected a word and numbers"));
  CHECK(contains(refused("2\na 1\n", {.format = lines}), "'' is no count"));
  CHECK(contains(refused("1 2 3\na 1\n", {.format = lines}), "more than two counts"));
  CHECK(contains(refused("x 2\na 1 2\n", {.format = lines}), "'x' is no count"));
  CHECK(contains(refused("-1 2\na 1 2\n", {.format = lines}), "'-1' is no count"));
  CHECK(contains(refused("1 0\na\n"), "0 numbers per word"));
  CHECK(contains(refused("9223372036854775808 2\na 1 2\n", {.format = lines}), "is no count"));
  CHECK(contains(refused("4000000000 2\na 1 2\n"), "more than 6 bytes can hold"));
  CHECK(contains(refused("9000000000000000000 2\na 1 2\n"), "the limit is"));
  CHECK(contains(refused("2 1\na 1\nbcd x 3\ne 4\n"), "something follows"));
  CHECK(contains(refused("2 1\na 1.0000\n"), "line 3: the file ends, but its head says 2 words"));
  CHECK(contains(refused("1 2\na 1.5\n"), "line 2: expected a word and 2 numbers"));
  CHECK(contains(refused("1 2\n 1 2222\n"), "line 2: expected a word and 2 numbers"));
  CHECK(contains(refused("1 1\na nan\n"), "line 2: 'nan', number 1, is not finite"));
  CHECK(refused("1 1\na nan\n", {.limits = {.non_finite = io::non_finite::keep}}).empty());
  CHECK(contains(refused("1 1\na 1e39\n"), "does not fit"));
  CHECK(contains(refused("1 1\n" + std::string(5000, 'a') + " 1\n"), "a word of 5000 bytes"));
  CHECK(contains(refused("1 1\n" + std::string(5000, 'a') + " 1234", {.format = binary}), "more than 4098 bytes"));
  CHECK(contains(refused("2 1\na " + floats({1}) + "longer ab", {.format = binary}),
                 "byte 10, word 2: 2 bytes are left"));
  CHECK(contains(refused("1 1\n\n " + floats({1}), {.format = binary}), "an empty word"));
  CHECK(contains(refused("a\n", {.format = glove}), "expected a word and numbers"));
  CHECK(contains(refused("1 1\na 1\n", {.limits = {.bytes = 7}}), "8 bytes, the limit is 7"));
  CHECK(contains(refused("3 1\na 1\nb 2\nc 3\n", {.limits = {.rows = 2}}), "3 words, the limit is 2"));
  CHECK(contains(refused("a 1\nb 2\nc 3\n", {.format = glove, .limits = {.rows = 2}}),
                 "line 3: more words than the limits"));
  CHECK(contains(refused("a 1 2\n", {.format = glove, .limits = {.dimensions = 1}}),
                 "2 numbers per word, the limit is 1"));
  CHECK(refused("1 1\na 1\n", {.dimensions = 1}).empty());
  CHECK(contains(refused("1 1\na 1\n", {.dimensions = 2}), "line 1: expected 2 numbers per word, got 1"));
  CHECK_THROWS_AS(parsed("a 1\n", {.most_words = -1}), kindred::argument_error);
  CHECK_THROWS_AS(parsed("a 1\n", {.format = glove, .dimensions = -1}), kindred::argument_error);
}

TEST_CASE("words that are no UTF-8 or come twice are refused, or passed over with their vectors") {
  const std::string text = "3 1\na 1\n\xff 2\na 3\n";
  CHECK(contains(refused(text), "line 3: the word '?' is not well-formed UTF-8"));
  CHECK(contains(refused(text, {.not_utf8 = io::bad_word::skip}), "line 4: the word 'a' occurs twice"));
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
  CHECK(contains(refused_words("one\none\n"), "line 2: the word 'one' occurs twice"));
  CHECK(refused_words("one\r\ntwo").empty());
  CHECK_THROWS_AS(io::save_word_vectors(folder / "w.vec", words, m, format::array), kindred::argument_error);
  CHECK_THROWS_AS(io::read_word_vectors<float>(folder / "w.vec", {.format = format::array}), kindred::argument_error);
  CHECK_THROWS_AS(parsed("a 1\n", {.format = format::array}), kindred::argument_error);
}
