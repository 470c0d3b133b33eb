// SPDX-License-Identifier: Apache-2.0
// A million rows of 128 numbers saved, loaded and mapped: the same answers, and the memory that each step takes by the
// peak that the system reports. A program of its own, because a peak stays.
#include <doctest/doctest.h>

#include <chrono>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/index/flat.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <string>
#include <vector>

#include "io/files.hpp"
#include "peak_memory.hpp"

using namespace kindred;

namespace {

struct answers {
  std::vector<index_t> ids;
  std::vector<float> scores;
  bool operator==(const answers&) const = default;
};

}  // namespace

TEST_CASE(
    "a million rows of 128 numbers are saved, loaded and mapped with the same answers, in little more than their "
    "size") {
  if (status_mib("VmHWM") < 0 || !forget_peak()) {
    MESSAGE("no peak of memory is reported here");
    return;
  }
  const index_t n = 1000000, d = 128, block = 20000, q = 100, k = 10;
  const double rows_mib = static_cast<double>(n) * static_cast<double>(d) * 4 / (1 << 20);  // 488
  const temporary_folder folder;
  const std::string path = folder / "index";
  context<cpu> ctx(2);
  auto clock = std::chrono::steady_clock::now();
  const auto seconds = [&] {
    const auto before = std::exchange(clock, std::chrono::steady_clock::now());
    return std::chrono::duration<double>(clock - before).count();
  };
  const auto numbers = [&](matrix<float, cpu>& x, std::uint64_t stream) {
    // the 64 random bits of one draw are four numbers
    ctx.for_each(x.rows() * x.cols() / 4, [&](index_t i) {
      std::uint64_t bits = random::bits(1, stream, static_cast<std::uint64_t>(i));
      for (index_t j = 0; j < 4; ++j, bits >>= 16)
        x.data()[4 * i + j] = static_cast<float>(static_cast<std::int32_t>(bits & 65535) - 32768) / 32768.0f;
    });
  };
  matrix<float, cpu> queries(ctx, q, d);
  numbers(queries, 1);
  const auto asked = [&](const index::flat<>& index) {
    const auto hits = index.search(ctx, queries, k);
    return answers{hits.ids.to_host(), hits.scores.to_host()};
  };
  const auto peak_mib = [](double before) { return status_mib("VmHWM") - before; };

  double before = status_mib("VmRSS");
  answers want;
  {
    index::flat<> index(ctx, d);
    index.reserve(n);
    matrix<float, cpu> some(ctx, block, d);
    std::vector<index_t> ids(static_cast<std::size_t>(block));
    for (index_t first = 0; first < n; first += block) {
      numbers(some, 2 + static_cast<std::uint64_t>(first));
      for (index_t i = 0; i < block; ++i) ids[static_cast<std::size_t>(i)] = 3 * (first + i);
      index.add(ctx, some, ids);
    }
    seconds();
    want = asked(index);
    const double searching = seconds();
    const double built = peak_mib(before);
    index.save(path);
    MESSAGE("built in ", built, " MiB (rows alone ", rows_mib, "), saved in ", seconds(), " s and ", peak_mib(before),
            " MiB, ", q, " queries in ", searching, " s");
    CHECK(peak_mib(before) < rows_mib + 64);
    CHECK(built > rows_mib);
  }
  CHECK(want.ids[0] % 3 == 0);

  REQUIRE(forget_peak());
  before = status_mib("VmRSS");
  CHECK(before < 64);
  {
    seconds();
    const auto index = index::flat<>::load(ctx, path);
    const double loading = seconds();
    const double peak = peak_mib(before), kept = status_mib("RssAnon");
    CHECK(asked(index) == want);
    MESSAGE("loaded in ", loading, " s, peak ", peak, " MiB with the pages of the file, ", kept, " MiB stay");
    CHECK(kept < rows_mib + 64);
    CHECK(peak < 2 * rows_mib + 64);
  }

  REQUIRE(forget_peak());
  for (const auto policy : {io::non_finite::keep, io::non_finite::refuse}) {
    seconds();
    const auto index = index::flat<>::open(ctx, path, {.non_finite = policy});
    const double opening = seconds(), before_search = status_mib("RssFile");
    CHECK(asked(index) == want);
    const double searching = seconds();
    const double own = status_mib("RssAnon");
    MESSAGE("mapped in ", opening, " s (", before_search, " MiB of the file), ", q, " queries in ", searching, " s, ",
            own, " MiB of its own");
    CHECK(own < 64);
    if (policy == io::non_finite::keep) CHECK(before_search < 64);
  }
}
