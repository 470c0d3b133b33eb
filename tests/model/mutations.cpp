// SPDX-License-Identifier: Apache-2.0
#include "io/mutations.hpp"

#include "fuzz/fitted.hpp"
#include "fuzz/models.hpp"
#include "fuzz/projections.hpp"

namespace {

template <class Format>
void damaged_and_odd() {
  const auto damaged = mutations::run<Format>(500), odd = mutations::run_odd<Format>();
  INFO("damaged: " << damaged.loaded << " loaded, " << damaged.refused << " refused; odd: " << odd.loaded << " and "
                   << odd.refused << "; " << std::max(damaged.peak, odd.peak) << " bytes at most");
  CHECK(damaged.loaded > 10);
  CHECK(damaged.refused > 100);
  CHECK(odd.loaded > 100);
  CHECK(odd.refused > 100);
}

}  // namespace

TEST_CASE("damaged and odd files of projections load and can be used, or raise io_error") {
  damaged_and_odd<fuzz::projections>();
}
TEST_CASE("damaged and odd files of encoders, similarities, maps and stems load and can be used, or raise io_error") {
  damaged_and_odd<fuzz::fitted>();
}
TEST_CASE("damaged and odd files of models load and can be used, or raise io_error") {
  damaged_and_odd<fuzz::models>();
}
