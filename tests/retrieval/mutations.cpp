// SPDX-License-Identifier: Apache-2.0
#include "io/mutations.hpp"

#include "fuzz/engines.hpp"

TEST_CASE("damaged files of engines load or raise io_error, nothing else") {
  const auto o = mutations::run<fuzz::engines>();
  MESSAGE(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 10);  // most of such a small file is its head, where nearly every change shows
  CHECK(o.refused > 200);
}

TEST_CASE("odd files of engines load or raise io_error, nothing else") {
  const auto o = mutations::run_odd<fuzz::engines>();
  CHECK(o.loaded > 10);
  CHECK(o.refused > 50);
}
