// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <clocale>
#include <cmath>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/io/csv.hpp>
#include <limits>
#include <string>
#include <vector>

#include "files.hpp"

namespace io = kindred::io;
using kindred::context;
using kindred::cpu;
using kindred::index_t;

namespace {

template <class T = double>
io::csv_table<T> parsed(const std::string& text, const io::csv_options& options = {}) {
  io::byte_source source(as_bytes(text), "memory");
  return io::read_csv<T>(source, options);
}

template <class T = double>
std::string refused(const std::string& text, const io::csv_options& options = {}) {
  return refusal([&] { parsed<T>(text, options); });
}

}  // namespace

TEST_CASE("rows, fields and line ends of every kind") {
  const std::vector<double> want{1, -2.5, 3e10, 4};
  for (const char* text : {"1,-2.5\n3e10,4\n", "1,-2.5\n3e10,4", "1,-2.5\r\n3e10,4\r\n",
                           "\xEF\xBB\xBF"
                           "1,-2.5\n3e10,4\n",
                           " 1 ,\t-2.5\n+3e10 , 4\n\n\r\n", "\"1\",\"-2.5\"\n3e10,\"4\"\n"}) {
    CAPTURE(text);
    const auto t = parsed(text);
    CHECK(t.rows == 2);
    CHECK(t.cols == 2);
    CHECK(t.values == want);
    CHECK(t.names.empty());
  }
  CHECK(parsed("1;2\n", {.delimiter = ';'}).cols == 2);
  CHECK(parsed("1\t2\n", {.delimiter = '\t'}).cols == 2);
  CHECK(parsed("1 2\n", {.delimiter = ' '}).cols == 2);
  CHECK(parsed("7").values == std::vector<double>{7});
}

TEST_CASE("a header gives names, quoted where they hold delimiters, quotes or line ends") {
  const auto t = parsed("x,\"a, b\",\"say \"\"hi\"\"\",\"two\nlines\"\n1,2,3,4\n", {.header = true});
  CHECK(t.names == std::vector<std::string>{"x", "a, b", "say \"hi\"", "two\nlines"});
  CHECK(t.rows == 1);
  CHECK(t.cols == 4);
  CHECK(parsed("a,b\n", {.header = true}).rows == 0);
  CHECK(parsed("a,b", {.header = true}).cols == 2);
  CHECK(contains(refused("\"two\nlines\",b\n1,2\n3\n", {.header = true}), "line 4, column 1: fewer fields"));
}

TEST_CASE("malformed tables are refused with line and column") {
  CHECK(contains(refused(""), "the file is empty"));
  CHECK(contains(refused("\n\n"), "the file is empty"));
  CHECK(contains(refused("\xEF\xBB\xBF"), "the file is empty"));
  CHECK(contains(refused("1,2\n3\n"), "line 2, column 1: fewer fields"));
  CHECK(contains(refused("1,2\n3,4,5\n"), "line 2, column 3: more fields"));
  CHECK(contains(refused("1,2\n\n3,4\n"), "line 2, column 0: an empty line"));
  CHECK(contains(refused("1,2\n3,x\n"), "line 2, column 2: 'x' is not a number"));
  CHECK(contains(refused("1,2\n3,\n"), "line 2, column 2: '' is not a number"));
  CHECK(contains(refused("1,,2"), "line 1, column 2: '' is not a number"));
  CHECK(contains(refused("1.5.2"), "'1.5.2' is not a number"));
  CHECK(contains(refused("0x10"), "'0x10' is not a number"));
  CHECK(contains(refused("+-1"), "'+-1' is not a number"));
  CHECK(contains(refused("1 2"), "'1 2' is not a number"));
  CHECK(contains(refused("1,\x01"), "'?' is not a number"));
  CHECK(contains(refused("\"1"), "the quote does not end"));
  CHECK(contains(refused("\"1\"2"), "something follows the closing quote"));
  CHECK(contains(refused("1\"2\""), "a quote inside a field"));
  CHECK(contains(refused("1\r2"), "a carriage return without a line feed"));
  CHECK(contains(refused("1e400"), "too large or too small"));
  CHECK(contains(refused(std::string(1000, '9')), "too large or too small"));
  for (const char d : {'"', '.', '-', '+', '\n', 'e', '5', '\0'})
    CHECK_THROWS_AS(parsed("1", {.delimiter = d}), kindred::argument_error);
}

TEST_CASE("numbers become the wanted type or are refused") {
  CHECK(parsed<std::int64_t>("9223372036854775807,-9223372036854775808").values ==
        std::vector<std::int64_t>{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()});
  CHECK(parsed<std::int32_t>("3.0,2e3,-0").values == std::vector<std::int32_t>{3, 2000, 0});
  CHECK(parsed<std::uint8_t>("255").values[0] == 255);
  CHECK(parsed<float>("0.1,1e-46").values == std::vector<float>{0.1f, 0.0f});
  CHECK(contains(refused<std::int32_t>("2147483648"), "'2147483648' does not fit"));
  CHECK(contains(refused<std::int64_t>("9223372036854775808"), "does not fit"));
  CHECK(contains(refused<std::uint8_t>("-1"), "does not fit"));
  CHECK(contains(refused<std::int32_t>("1.5"), "is no integer"));
  CHECK(contains(refused<std::int32_t>("nan"), "is not finite"));
  CHECK(contains(refused<float>("1e39"), "does not fit"));
  CHECK(contains(refused("1,nan"), "line 1, column 2: 'nan' is not finite"));
  CHECK(contains(refused("-inf"), "is not finite"));
  const auto kept = parsed("nan,inf", {.limits = {.non_finite = io::non_finite::keep}});
  CHECK(std::isnan(kept.values[0]));
  CHECK(kept.values[1] == std::numeric_limits<double>::infinity());
}

TEST_CASE("the decimal point is a point in every locale") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8"}) {
    std::setlocale(LC_NUMERIC, name);  // where the machine has none of these, the test says nothing
    CHECK(parsed("1.5").values[0] == 1.5);
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}

TEST_CASE("limits hold for each call") {
  const std::string text = "1,2\n3,4\n5,6\n";
  CHECK(parsed(text, {.limits = {.bytes = 48, .rows = 3, .dimensions = 2}}).rows == 3);
  CHECK(contains(refused(text, {.limits = {.bytes = 11}}), "12 bytes, the limit is 11"));
  CHECK(contains(refused(text, {.limits = {.bytes = 40}}), "line 3, column 2: more numbers than the limit of bytes"));
  CHECK(contains(refused(text, {.limits = {.rows = 2}}), "line 3, column 2: more rows"));
  CHECK(contains(refused(text, {.limits = {.dimensions = 1}}), "line 1, column 2: more columns"));
  CHECK(contains(refused("a,b\n", {.header = true, .limits = {.dimensions = 1}}), "more than 1 columns"));
}

TEST_CASE_TEMPLATE("what is saved is read back as the same numbers", T, float, double, std::int32_t, std::int64_t,
                   std::uint8_t) {
  const temporary_folder folder;
  context<cpu> ctx;
  std::vector<T> host;
  for (std::uint64_t i = 0; i < 33 * 3; ++i) {
    if constexpr (std::is_floating_point_v<T>) {
      host.push_back(static_cast<T>(std::ldexp(kindred::random::uniform(1, 2, i) - 0.5, static_cast<int>(i) - 50)));
    } else {
      host.push_back(static_cast<T>(kindred::random::bits(1, 2, i)));
    }
  }
  host[0] = std::numeric_limits<T>::max();
  host[1] = std::numeric_limits<T>::lowest();
  const kindred::matrix<T, cpu> m(ctx, 33, 3, host);
  io::save_csv(folder / "m.csv", m);
  CHECK(io::load_csv<T>(ctx, folder / "m.csv").to_host() == host);
  io::save_csv(folder / "named.csv", m.view().middle_cols(1, 2), {"first", "a \"b\", c"}, ';');
  const auto named = io::read_csv<T>(folder / "named.csv", {.delimiter = ';', .header = true});
  CHECK(named.names == std::vector<std::string>{"first", "a \"b\", c"});
  CHECK(named.rows == 33);
  CHECK(named.values[65] == host[98]);
  CHECK_THROWS_AS(io::save_csv(folder / "x.csv", m, {"one"}), kindred::shape_error);
  for (const char delimiter : {'.', '5', '-', 'e', '"', '\n', '\0'})
    CHECK_THROWS_AS(io::save_csv(folder / "x.csv", m, {}, delimiter), kindred::argument_error);
  CHECK_THROWS_AS(io::save_csv(folder / "x.csv", m.view().middle_rows(0, 0)), kindred::shape_error);
  CHECK_THROWS_AS(io::save_csv(folder / "x.csv", m.view().middle_cols(0, 0)), kindred::shape_error);
  CHECK(contains(refusal([&] { io::load_csv<T>(ctx, folder / "absent.csv"); }), "No such file"));
  CHECK(contains(refusal([&] { io::load_csv<T>(ctx, folder / "."); }), "it is a directory"));
  CHECK(folder.count() == 2);
}
