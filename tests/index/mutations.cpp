// SPDX-License-Identifier: Apache-2.0
#include "io/mutations.hpp"

#include "fuzz/flat.hpp"

TEST_CASE("damaged files of an index load or raise io_error, nothing else") {
  const auto o = mutations::run<fuzz::flat>();
  MESSAGE(o.loaded << " loaded, " << o.refused << " refused, " << o.peak << " bytes at most");
  CHECK(o.loaded > 30);
  CHECK(o.refused > 200);
}
