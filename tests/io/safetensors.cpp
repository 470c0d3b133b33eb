// SPDX-License-Identifier: Apache-2.0
// python.safetensors and bfloat16.safetensors are written by Python's package: tests/reference/io_safetensors.py.
#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <kindred/backend/cpu.hpp>
#include <kindred/io/safetensors.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <utility>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;

namespace {

/// A safetensors file with this head and data.
std::string tensors(const std::string& head, const std::string& data = "") {
  std::string s;
  for (int i = 0; i < 8; ++i) s += static_cast<char>(head.size() >> (8 * i) & 255);
  return s + head + data;
}

std::string refused(const std::string& bytes, const io::limits& accepted = {}) {
  return refusal([&] {
    const io::safetensors file(as_bytes(bytes), "memory", accepted);
    for (const std::string& name : file.names()) file.read<double>(name);
  });
}

const char* const pair_head =
    R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[2,2],"data_offsets":[4,8]}})";

template <class File>
concept HasViewOfTemporary = requires(File (&temporary)()) { temporary().template view<float>("weight"); } ||
                             requires(File (&temporary)()) { temporary().template view_vector<float>("weight"); };
static_assert(HasViewOfTemporary<const io::safetensors&> && !HasViewOfTemporary<io::safetensors>);

void write_golden(const std::string& path) {
  context<cpu> ctx;
  std::vector<float> weight(12);
  std::vector<double> name(8);
  for (std::size_t i = 0; i < 12; ++i) weight[i] = static_cast<float>(i) * 0.5f - 1;
  for (std::size_t i = 0; i < 8; ++i) name[i] = static_cast<double>(i) / 3.0;
  io::safetensors_writer w;
  w.add("weight", kindred::matrix_view<const float, cpu>(weight.data(), 3, 4));
  w.add("이름", std::as_const(name));
  w.add("ids", std::vector<index_t>{0, 1000000000000, 2000000000000});
  w.add("labels", kindred::vector<kindred::label_t, cpu>(ctx, std::vector<kindred::label_t>{-1, 7}));
  w.add("bytes", std::vector<std::uint8_t>{0, 255, 1});
  w.add("empty", kindred::matrix<float, cpu>(ctx, 0, 5));
  w.metadata("type", "golden 1");
  w.metadata("text", "\"quoted\"\n\\ 한글");
  w.write(path);
}

}  // namespace

TEST_CASE("every type that Python's safetensors writes is read") {
  const io::safetensors file(fixture("python.safetensors"));
  context<cpu> ctx;
  struct kind {
    const char* name;
    double step, start;
  };
  for (const kind k :
       {kind{"I8", 1, -5}, kind{"I16", 1000, -5000}, kind{"I32", 100000, -500000}, kind{"I64", 1e12, -5e12},
        kind{"U8", 20, 0}, kind{"U16", 5000, 0}, kind{"U32", 3e8, 0}, kind{"U64", 1e15, 0}, kind{"F16", 0.25, -1.25},
        kind{"F32", 0.1, -0.5}, kind{"F64", 0.1, -0.5}, kind{"BOOL", 0, 0}}) {
    CAPTURE(k.name);
    const auto m = file.load_matrix<double>(ctx, k.name);
    REQUIRE(m.rows() == 3);
    REQUIRE(m.cols() == 4);
    for (index_t i = 0; i < 12; ++i) {
      double want = static_cast<double>(i) * k.step + k.start;
      if (k.name[0] == 'B') want = i % 3 == 0;
      if (std::strcmp(k.name, "F32") == 0) want = static_cast<double>(static_cast<float>(want));
      CHECK(m.view()(i / 4, i % 4) == want);
    }
  }
  CHECK(file.names().size() == 18);
  CHECK(file.contains("cube"));
  CHECK(!file.contains("cub"));
  CHECK(file.shape("cube") == std::vector<index_t>{2, 3, 4});
  CHECK(file.shape("number").empty());
  CHECK(file.element("cube") == io::element::int16);
  CHECK(file.metadata("line") == "a \"quoted\"\tword \\ 한글");
  CHECK(file.has_metadata("format"));
  CHECK(!file.has_metadata("Format"));
  CHECK(file.load_vector<kindred::label_t>(ctx, "vector").to_host() == std::vector<kindred::label_t>{0, 1, 2, 3, 4});
  CHECK(file.load_vector<double>(ctx, "column").size() == 5);
  CHECK(file.load_matrix<float>(ctx, "no rows").cols() == 3);
  const auto cube = file.read<double>("cube");
  CHECK(cube.shape == std::vector<index_t>{2, 3, 4});
  for (std::size_t i = 0; i < cube.values.size(); ++i) CHECK(cube.values[i] == static_cast<double>(i));
  const auto number = file.read<float>("number");
  CHECK(number.shape.empty());
  CHECK(number.values.size() == 1);
  CHECK(file.read<std::uint8_t>("BOOL").values[3] == 1);

  const io::safetensors half(fixture("bfloat16.safetensors"));
  const auto m = half.load_matrix<float>(ctx, "BF16");
  CHECK(m.view()(0, 0) == 1);
  CHECK(m.view()(0, 1) == -2.5f);
  CHECK(m.view()(1, 0) == 0x1.0p-126f);
  CHECK(std::fabs(m.view()(1, 1) / 3e38f - 1) < 0x1.0p-7f);
}

TEST_CASE("a tensor of another shape, type or with numbers beyond the wanted type is refused with its place") {
  const io::safetensors file(fixture("python.safetensors"));
  context<cpu> ctx;
  const auto message = [](auto load) { return refusal(load); };
  CHECK(
      contains(message([&] { file.load_matrix<float>(ctx, "cube"); }), "tensor 'cube': shape: 3 axes, a matrix has 2"));
  CHECK(contains(message([&] { file.load_vector<float>(ctx, "F32"); }), "2 axes, a vector has 1"));
  CHECK(contains(message([&] { file.load_matrix<float>(ctx, "absent"); }), "there is no tensor 'absent'"));
  CHECK(contains(message([&] { (void)file.metadata("absent"); }), "there is no metadata 'absent'"));
  CHECK(contains(message([&] { file.load_matrix<std::uint8_t>(ctx, "I16"); }), "tensor 'I16': byte"));
  CHECK(contains(message([&] { file.load_matrix<std::int32_t>(ctx, "F16"); }), "row 0, column 0 is no integer"));
  CHECK(contains(message([&] { file.load_matrix<float>(ctx, "not finite"); }), "row 1, column 0 is not finite"));
  CHECK(
      contains(message([&] { (void)file.view<float>("not finite"); }), "tensor 'not finite': a number is not finite"));
  CHECK(contains(message([&] { (void)file.view<double>("F32"); }), "a view needs the type of the file"));
  const io::safetensors keeping(fixture("python.safetensors"), {.non_finite = io::non_finite::keep});
  CHECK(std::isnan(keeping.load_matrix<float>(ctx, "not finite").to_host()[2]));
  CHECK(std::isinf(keeping.view<float>("not finite")(2, 1)));
}

TEST_CASE("a view shows the mapped numbers without a copy and outlives a move of the file") {
  const temporary_folder folder;
  write_golden(folder / "g.safetensors");
  io::safetensors first(folder / "g.safetensors");
  const auto w = first.view<float>("weight");
  const io::safetensors second(std::move(first));
  std::filesystem::remove(folder / "g.safetensors");
  CHECK(second.view<float>("weight").data() == w.data());
  CHECK(w.rows() == 3);
  CHECK(w(2, 3) == 4.5f);
  CHECK(second.view_vector<double>("이름")(7) == 7 / 3.0);
  CHECK(second.view_vector<index_t>("ids")(2) == 2000000000000);
  CHECK(second.view_vector<std::uint8_t>("bytes")(1) == 255);
  CHECK(second.view<float>("empty").rows() == 0);
  // 64 bytes of doubles and 0 bytes come first, so every one lies at a multiple of its size
  CHECK(reinterpret_cast<std::uintptr_t>(second.view_vector<double>("이름").data()) % 64 == 0);

  // one byte further the numbers are there, but not in place
  const std::string bytes = ' ' + tensors(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "abcd");
  std::vector<std::uint64_t> aligned((bytes.size() + 7) / 8);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const io::safetensors odd(std::as_bytes(std::span(aligned)).subspan(1, bytes.size() - 1), "memory");
  context<cpu> ctx;
  CHECK(odd.load_vector<float>(ctx, "a").size() == 1);
  CHECK(contains(refusal([&] { (void)odd.view_vector<float>("a"); }), "not a multiple of 4"));
}

TEST_CASE("the golden file of version 1 stays readable and is written byte for byte") {
  const temporary_folder folder;
  write_golden(folder / "g.safetensors");
  CHECK(bytes_of(folder / "g.safetensors") == bytes_of(fixture("golden_1.safetensors")));
  CHECK(folder.count() == 1);
  const io::safetensors file(fixture("golden_1.safetensors"));
  CHECK(file.names() == std::vector<std::string>{"bytes", "empty", "ids", "labels", "weight", "이름"});
  CHECK(file.metadata("type") == "golden 1");
  CHECK(file.metadata("text") == "\"quoted\"\n\\ 한글");
  CHECK(file.view_vector<kindred::label_t>("labels")(0) == -1);
}

TEST_CASE("what is saved is read back, strided views, owned arrays and large tensors too") {
  const temporary_folder folder;
  context<cpu> ctx;
  std::vector<double> numbers(50 * 33);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i) / 7;
  const kindred::matrix<double, cpu> m(ctx, 50, 33, numbers);
  io::safetensors_writer w;
  w.add("odd", std::vector<std::uint8_t>(3, 9));
  w.add("m", m);
  w.add("part", m.view().middle_cols(1, 8));
  w.add("row", m.view().row(3));
  {
    kindred::matrix<double, cpu> gone = m.clone();
    w.add("owned", std::move(gone));
    w.add("list", std::vector<double>(numbers));
  }
  w.write(folder / "m.safetensors");
  const io::safetensors file(folder / "m.safetensors");
  CHECK(file.load_matrix<double>(ctx, "m").to_host() == numbers);
  CHECK(file.load_matrix<double>(ctx, "owned").to_host() == numbers);
  CHECK(file.load_vector<double>(ctx, "list").to_host() == numbers);
  const auto part = file.view<double>("part");
  for (index_t r = 0; r < 50; ++r)
    for (index_t c = 0; c < 8; ++c) CHECK(part(r, c) == m.view()(r, c + 1));
  CHECK(file.view_vector<double>("row")(32) == m.view()(3, 32));
  CHECK(reinterpret_cast<std::uintptr_t>(part.data()) % 64 == 0);  // 50 x 8 doubles are a multiple of 64 bytes
  // the order of the calls does not matter
  io::safetensors_writer other;
  for (const char* name : {"row", "list", "part", "owned", "odd", "m"}) {
    if (std::strcmp(name, "odd") == 0)
      other.add(name, std::vector<std::uint8_t>(3, 9));
    else if (std::strcmp(name, "part") == 0)
      other.add(name, m.view().middle_cols(1, 8));
    else if (std::strcmp(name, "row") == 0)
      other.add(name, m.view().row(3));
    else if (std::strcmp(name, "list") == 0)
      other.add(name, std::vector<double>(numbers));
    else
      other.add(name, m);
  }
  other.write(folder / "o.safetensors");
  CHECK(bytes_of(folder / "o.safetensors") == bytes_of(folder / "m.safetensors"));
  io::safetensors_writer().write(folder / "none.safetensors");
  CHECK(io::safetensors(folder / "none.safetensors").names().empty());
}

TEST_CASE("names that come twice, are reserved or are no UTF-8 are refused by the writer") {
  io::safetensors_writer w;
  w.add("a", std::vector<float>{1});
  w.metadata("k", "v");
  CHECK_THROWS_AS(w.add("a", std::vector<float>{1}), kindred::argument_error);
  CHECK_THROWS_AS(w.add("\xff", std::vector<float>{1}), kindred::argument_error);
  CHECK_THROWS_AS(w.metadata("k", "w"), kindred::argument_error);
  // products that overflow, that differ, too many axes
  CHECK_THROWS_AS(w.add("b", {index_t{1} << 32, index_t{1} << 32}, std::vector<float>{}), kindred::shape_error);
  CHECK_THROWS_AS(w.add("b", {0, index_t{1} << 32, index_t{1} << 32}, std::vector<float>{}), kindred::shape_error);
  CHECK_THROWS_AS(w.add("b", {-1, -1}, std::vector<float>{1}), kindred::shape_error);
  CHECK_THROWS_AS(w.add("b", {2}, std::vector<float>{1}), kindred::shape_error);
  CHECK_THROWS_AS(w.add("b", std::vector<index_t>(33, 1), std::vector<float>{1}), kindred::shape_error);
  CHECK_THROWS_AS(w.metadata("l", "\xed\xa0\x80"), kindred::argument_error);
  CHECK(contains(refusal([&] { w.write("no/such/folder.safetensors"); }), "No such file"));
  w.add("__metadata__", std::vector<float>{1});
  CHECK_THROWS_AS(w.write("x.safetensors"), kindred::argument_error);
}

TEST_CASE("a head that is not exactly a head is refused with field and offset") {
  const std::string data = "abcdefgh";
  REQUIRE(refused(tensors(pair_head, data)).empty());
  CHECK(refused(tensors(" \n\t\r " + std::string(pair_head), data)).find("'{' expected") != std::string::npos);
  CHECK(refused(tensors(std::string(pair_head) + " \n\t\r ", data)).empty());
  CHECK(refused(tensors("{}")).empty());
  const auto entry = [](const char* inside) { return std::string("{\"a\":{") + inside + "}}"; };
  struct bad {
    std::string head;
    const char* message;
  };
  const std::string whole = R"("dtype":"U8","shape":[8],"data_offsets":[0,8])";
  REQUIRE(refused(tensors(entry(whole.c_str()), data)).empty());
  for (
      const bad& b :
      {bad{"", "header: '{' expected"},
       bad{"[]", "'{' expected"},
       bad{"{", "a quoted text expected"},
       bad{"{} {}", "something follows"},
       bad{"{\"a\"}", "':' expected"},
       bad{"{\"a\":1}", "'{' expected"},
       bad{"{\"a\":{}}", "tensor 'a', dtype: is missing"},
       bad{'{' + entry(whole.c_str()).substr(1, entry(whole.c_str()).size() - 2) + ",}", "a quoted text expected"},
       bad{entry(R"("dtype":"U8","shape":[8],"data_offsets":[0,8],)"), "a quoted text expected"},
       bad{entry(R"("dtype":"U8","shape":[8])"), "data_offsets: is missing"},
       bad{entry(R"("dtype":"U8","data_offsets":[0,8])"), "shape: is missing"},
       bad{entry((whole + R"(,"dtype":"U8")").c_str()), "dtype: occurs twice"},
       bad{entry((whole + R"(,"shape":[8])").c_str()), "shape: occurs twice"},
       bad{entry((whole + R"(,"data_offsets":[0,8])").c_str()), "data_offsets: occurs twice"},
       bad{entry((whole + R"(,"extra":1)").c_str()), "unknown key"},
       bad{"{\"a\":{" + whole + "},\"a\":{" + whole + "}}", "a name occurs twice"},
       bad{R"({"__metadata__":{},"__metadata__":{}})", "__metadata__: occurs twice"},
       bad{R"({"__metadata__":{"k":"v","k":"w"}})", "a key occurs twice"},
       bad{R"({"__metadata__":{"k":1}})", "a quoted text expected"},
       bad{R"({"__metadata__":{"k":{"deep":"v"}}})", "a quoted text expected"},
       bad{entry(R"("dtype":"C64","shape":[1],"data_offsets":[0,8])"), "tensor 'a': dtype: 'C64' is not supported"},
       bad{entry(R"("dtype":8,"shape":[8],"data_offsets":[0,8])"), "a quoted text expected"},
       bad{entry(R"("dtype":"U8","shape":[[8]],"data_offsets":[0,8])"), "a number without sign expected"},
       bad{entry(R"("dtype":"U8","shape":[-8],"data_offsets":[0,8])"), "a number without sign expected"},
       bad{entry(R"("dtype":"U8","shape":[08],"data_offsets":[0,8])"), "a number that starts with 0"},
       bad{entry(R"("dtype":"U8","shape":[8.0],"data_offsets":[0,8])"), "',' expected"},
       bad{entry(R"("dtype":"U8","shape":[8,],"data_offsets":[0,8])"), "a number without sign expected"},
       bad{entry(R"("dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,8])"), "beyond 64 bits"},
       bad{entry(R"("dtype":"U8","shape":[4294967296,4294967296],"data_offsets":[0,8])"), "beyond 64 bits"},
       bad{entry(R"("dtype":"U8","shape":[0,4294967296,4294967296],"data_offsets":[0,0])"), "beyond 64 bits"},
       bad{entry(R"("dtype":"F64","shape":[2],"data_offsets":[0,8])"), "8 bytes, type and shape ask for 16"},
       bad{entry(R"("dtype":"U8","shape":[8],"data_offsets":[0,9])"), "0 to 9 do not lie within the 8 bytes"},
       bad{entry(R"("dtype":"U8","shape":[8],"data_offsets":[8,0])"), "8 to 0 do not lie within"},
       bad{entry(R"("dtype":"U8","shape":[8],"data_offsets":[8])"), "2 numbers expected"},
       bad{entry(R"("dtype":"U8","shape":[8],"data_offsets":[0,8,8])"), "more than 2 numbers"},
       bad{entry(R"("dtype":"U8","shape":[7],"data_offsets":[0,7])"), "the tensors have 7 bytes, 8 are there"},
       bad{entry(R"("dtype":"U8","shape":[7],"data_offsets":[1,8])"), "start at 1, a gap before it"},
       bad{R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]},"b":{"dtype":"U8","shape":[5],"data_offsets":[3,8]}})",
           "tensor 'b': data_offsets start at 3, inside another"},
       bad{"{\"\\x\":{" + whole + "}}", "an unknown escape"},
       bad{"{\"\\ud800\":{" + whole + "}}", "half a surrogate pair"},
       bad{"{\"\\udc00\":{" + whole + "}}", "half a surrogate pair"},
       bad{"{\"\\u12g4\":{" + whole + "}}", "four hexadecimal digits"},
       bad{"{\"a\n\":{" + whole + "}}", "a control character"},
       bad{"{\"\xff\":{" + whole + "}}", "not well-formed UTF-8"},
       bad{"{\"\xc0\x80\":{" + whole + "}}", "not well-formed UTF-8"},
       bad{"{\"a", "the text does not end"}}) {
    CAPTURE(b.head);
    CHECK(contains(refused(tensors(b.head, data)), b.message));
  }
  const std::string letters = tensors(R"({"\u0041\ud83d\ude00\/\b":{)" + whole + "}}", data);
  const io::safetensors escaped(as_bytes(letters), "memory");
  CHECK(escaped.names() == std::vector<std::string>{"A\xF0\x9F\x98\x80/\b"});
}

TEST_CASE("a tensor of an unknown type or beyond the limits is refused when it is asked for, others load") {
  context<cpu> ctx;
  const std::string bytes = tensors(
      R"({"__metadata__":null,"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
      R"("scale":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[4,6]},"packed":{"dtype":"F4","shape":[3],"data_offsets":[6,8]},)"
      R"("wide":{"dtype":"U8","shape":[1,100],"data_offsets":[8,108]}})",
      std::string(108, '\0'));
  const io::safetensors file(as_bytes(bytes), "memory", {.dimensions = 99});
  CHECK(file.names().size() == 4);
  CHECK(file.load_vector<float>(ctx, "w").to_host() == std::vector<float>{0});
  CHECK(file.shape("scale") == std::vector<index_t>{2});
  const std::string message = "tensor 'scale': dtype: 'F8_E4M3' is not supported";
  CHECK(contains(refusal([&] { file.load_vector<float>(ctx, "scale"); }), message));
  CHECK(contains(refusal([&] { file.read<float>("scale"); }), message));
  CHECK(contains(refusal([&] { (void)file.view_vector<float>("scale"); }), message));
  CHECK(contains(refusal([&] { (void)file.element("scale"); }), message));
  CHECK(contains(refusal([&] { file.read<float>("wide"); }), "100 numbers per row, the limit is 99"));
  CHECK(contains(refusal([&] { (void)file.view<std::uint8_t>("wide"); }), "100 numbers per row, the limit is 99"));
  CHECK(contains(refused(tensors(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,3]}})", "abcd")),
                 "the tensors have 3 bytes, 4 are there"));
}

TEST_CASE("a length beyond the file and sizes beyond the limits are refused before anything is read") {
  const std::string good = tensors(pair_head, "abcdefgh");
  CHECK(contains(refused(""), "0 bytes are too few"));
  CHECK(contains(refused("abcdefg"), "7 bytes are too few"));
  CHECK(contains(refused(std::string(8, '\xff')), "18446744073709551615 bytes, but 0 are left"));
  CHECK(contains(refused(good.substr(0, good.size() - 1)), "do not lie within"));
  CHECK(contains(refused(good, {.bytes = 10}), "the limit is 10"));
  CHECK(contains(refused(good, {.rows = 1}), "2 rows, the limit is 1"));
  CHECK(contains(refused(good, {.dimensions = 1}), "2 numbers per row, the limit is 1"));
  CHECK(contains(refused(good, {.entries = 1}), "more entries than the limit, 1"));
  context<cpu> ctx;
  const auto size = static_cast<index_t>(good.size());
  const std::string wide =
      tensors(R"({"a":{"dtype":"U8","shape":[200],"data_offsets":[0,200]}})", std::string(200, 'x'));
  const io::safetensors file(as_bytes(wide), "memory", {.bytes = static_cast<index_t>(wide.size())});
  CHECK(contains(refusal([&] { file.load_vector<double>(ctx, "a"); }), "200 numbers of 8 bytes"));
  CHECK(refused(good, {.bytes = size, .rows = 2, .dimensions = 2, .entries = 2}).empty());

  const temporary_folder folder;
  CHECK(contains(refusal([&] { io::safetensors(folder / "absent"); }), "No such file"));
  CHECK(contains(refusal([&] { io::safetensors(folder / "."); }), "it is a directory"));
  CHECK(contains(refusal([] { io::safetensors("/dev/null"); }), "not a regular file"));
  write_bytes(folder / "empty", "");
  CHECK(contains(refusal([&] { io::safetensors(folder / "empty"); }), "0 bytes are too few"));
}
