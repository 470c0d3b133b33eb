// SPDX-License-Identifier: Apache-2.0
#pragma once

#if __has_include(<sys/mman.h>)
#include <sys/mman.h>
#endif

#include <array>
#include <chrono>
#include <cmath>
#include <cstring>
#include <kindred/words/detail/word2vec_kernel_impl.hpp>
#include <kindred/words/detail/word2vec_windows.hpp>
#include <kindred/words/word2vec_training.hpp>

namespace kindred::words {

namespace detail {

/// What one part keeps of its own in deterministic mode: copies of the rows it touches.
struct word2vec_copies {
  std::vector<std::int32_t> rows;    // of the whole matrix, by place
  std::vector<std::int32_t> places;  // sorted by group
  std::vector<index_t> groups;       // where each group of places begins
  std::vector<float> memory;
  std::int32_t bad = -1;  // the first row whose change is not finite

  float* values() {
    const auto at = reinterpret_cast<std::uintptr_t>(memory.data());
    return memory.data() + (64 - at % 64) % 64 / 4;
  }
};

/// A matrix of rows that begin at multiples of 64 bytes, in large pages where the system has them: rows are read at
/// random.
class word2vec_matrix {
 public:
  word2vec_matrix(context<cpu>& ctx, index_t rows, index_t cols)
      : cols_(cols), size_((cols + 15) / 16 * 16), values_(ctx, rows, size_, uninitialized) {
    const index_t bytes = rows * size_ * static_cast<index_t>(sizeof(float));
#if defined(MADV_HUGEPAGE)
    constexpr std::uintptr_t page = 4096;
    const std::uintptr_t at = (reinterpret_cast<std::uintptr_t>(values_.data()) + page - 1) / page * page;
    const std::uintptr_t end =
        (reinterpret_cast<std::uintptr_t>(values_.data()) + static_cast<std::uintptr_t>(bytes)) / page * page;
    if (end > at) (void)::madvise(reinterpret_cast<void*>(at), end - at, MADV_HUGEPAGE);
#endif
    ctx.zero(values_.data(), bytes);
  }
  float* data() const { return values_.data(); }
  index_t size() const { return size_; }  // numbers from row to row
  matrix_view<float, cpu> view() const& KINDRED_LIFETIMEBOUND { return {values_.data(), values_.rows(), cols_, size_}; }

 private:
  index_t cols_, size_;
  matrix<float, cpu> values_;
};

}  // namespace detail

struct word2vec_training::state {
  static constexpr index_t groups = 16;  // of rows, that a thread updates at a time
  static constexpr index_t most_floats = index_t(1) << 22;
  static constexpr index_t hogwild_words = 4096, hogwild_parts = 256;  // of a part; parts of a step
  using clock = std::chrono::steady_clock;

  state(context<cpu>& context, const word2vec& o, const text::corpus& from, const text::vocabulary& known)
      : ctx(&context),
        options(checked(o, from, known)),
        corpus(&from),
        words(&known),
        u(context, known.size(), o.dimension),
        v(context, known.size(), o.dimension),
        kernels(detail::word2vec_kernels_for(context.instructions())),
        sampler(known, o.sample, o.window, o.negative, o.seed) {
    const auto threads = static_cast<std::size_t>(context.threads());
    windows.resize(threads);
    for (std::size_t i = 0; i < threads; ++i) rooms.emplace_back(u.size(), o.window, o.negative);
    if (o.mode == word2vec_mode::deterministic) {
      places.resize(threads);
      for (auto& of_thread : places)
        for (auto& side : of_thread) side.assign(static_cast<std::size_t>(known.size()), -1);
      copies.resize(static_cast<std::size_t>(o.parts));
    }
  }

  static const word2vec& checked(const word2vec& o, const text::corpus& c, const text::vocabulary& v) {
    const auto range = [](const char* name, index_t value, index_t low, index_t high) {
      expects<argument_error>(value >= low && value <= high, "words::word2vec: {} is {}, expected {} to {}", name,
                              value, low, high);
    };
    range("dimension", o.dimension, 1, 65536);
    range("window", o.window, 1, 1000);
    range("negative", o.negative, 1, 1000);
    range("passes", o.passes, 1, 1000000);
    range("parts", o.parts, 1, 1024);
    range("words_per_part", o.words_per_part, 0, index_t(1) << 24);
    // of a thread, for the rows and scores of a window
    const index_t floats = (2 * o.window + 4) * o.dimension + (2 * o.window + 2) * (o.negative + 12);
    expects<argument_error>(
        floats <= most_floats,
        "words::word2vec: window {}, dimension {} and negative {} take {} floats a thread, at most {}", o.window,
        o.dimension, o.negative, floats, most_floats);
    expects<argument_error>(o.sample >= 0 && o.sample <= 1, "words::word2vec: expected sample in [0, 1], got {}",
                            o.sample);
    expects<argument_error>(o.rate > 0 && o.rate <= 1000, "words::word2vec: expected rate in (0, 1000], got {}",
                            o.rate);
    expects<argument_error>(o.mode == word2vec_mode::deterministic || o.mode == word2vec_mode::hogwild,
                            "words::word2vec: an unknown mode");
    expects<argument_error>(
        o.architecture == word2vec_architecture::skip_gram || o.architecture == word2vec_architecture::cbow,
        "words::word2vec: an unknown architecture");
    expects<argument_error>(v.size() > 0, "words::word2vec: the vocabulary is empty");
    c.check(v);
    expects<argument_error>(c.tokens() > 0, "words::word2vec: {} holds no words", c.name());
    return o;
  }
  void start() {
    const auto n = options.dimension;
    ctx->for_each(words->size(), n, [&](index_t r, index_t j) {
      u.data()[r * u.size() + j] = static_cast<float>(
          (random::uniform(options.seed, 0, static_cast<std::uint64_t>(r * n + j)) - 0.5) / static_cast<double>(n));
    });
  }

  // ---- where training is: everything before entry `next` of pass `pass` is done
  index_t entries() const { return static_cast<index_t>(corpus->entries().size()); }
  bool done() const { return pass >= options.passes; }
  index_t words_per_part() const {
    if (options.mode == word2vec_mode::hogwild) return hogwild_words;
    if (options.words_per_part > 0) return options.words_per_part;
    const double steps = std::min(3.2 / sampler.most_steps(), 0.8 / sampler.mean_steps());
    return static_cast<index_t>(std::clamp(steps / (options.rate * static_cast<double>(options.parts)), 8.0, 512.0));
  }
  double rate_at(index_t position) const {
    const double share = (static_cast<double>(pass) + static_cast<double>(position) / static_cast<double>(entries())) /
                         static_cast<double>(options.passes);
    return options.rate * std::max(1e-4, 1 - share);
  }

  detail::word2vec_part part_of(const detail::word2vec_windows& w, double rate) const {
    detail::word2vec_part p{};
    p.inputs = u.data();
    p.outputs = v.data();
    p.size = u.size();
    p.negative = options.negative;
    p.reach = options.window + detail::word2vec_ahead;
    p.positions = w.words.size();
    p.input_rows = p.output_rows = w.words.data();
    p.first = w.first.data();
    p.end = w.end.data();
    p.noise = w.noise.data();
    p.rate = static_cast<float>(rate);
    p.mean = options.architecture == word2vec_architecture::cbow;
    p.fetch_inputs = true;
    return p;
  }

  /// Turns rows of the whole matrix into places among the rows of a part, in the order of first use.
  static void name_places(std::vector<std::int32_t>& rows, std::vector<std::int32_t>& map,
                          detail::word2vec_copies& own) {
    for (auto& row : rows) {
      if (row < 0) continue;
      std::int32_t& place = map[static_cast<std::size_t>(row)];
      if (place < 0) {
        place = static_cast<std::int32_t>(own.rows.size());
        own.rows.push_back(row);
      }
      row = place;
    }
  }
  /// Copies the rows of a part and clears the map for the next one.
  void copy_rows(std::vector<std::int32_t>& map, const float* from, detail::word2vec_copies& own) const {
    constexpr std::size_t ahead = 8;
    for (const auto row : own.rows) map[static_cast<std::size_t>(row)] = -1;
    const std::size_t n = own.rows.size(), size = static_cast<std::size_t>(u.size());
    if (own.memory.size() < n * size + 16) own.memory.resize(n * size + n * size / 4 + 16);
    float* const to = own.values();
    const auto row = [&](std::size_t i) { return from + static_cast<std::size_t>(own.rows[i]) * size; };
    for (std::size_t i = 0; i < n; ++i) {
      if (i + ahead < n)
        for (std::size_t k = 0; k < size; k += 16) __builtin_prefetch(row(i + ahead) + k);
      std::memcpy(to + i * size, row(i), size * sizeof(float));
    }
  }
  /// Makes copies into changes and sorts them by group.
  void changes(const float* from, detail::word2vec_copies& own) const {
    const index_t size = u.size();
    float* const values = own.values();
    own.groups.assign(groups + 1, 0);
    own.bad = -1;
    for (std::size_t i = 0; i < own.rows.size(); ++i) {
      const float zero = kernels.subtract(values + static_cast<index_t>(i) * size, from + own.rows[i] * size, size);
      if (own.bad < 0 && zero != 0) own.bad = own.rows[i];
      ++own.groups[static_cast<std::size_t>(own.rows[i] % groups + 1)];
    }
    for (std::size_t g = 1; g <= groups; ++g) own.groups[g] += own.groups[g - 1];
    own.places.resize(own.rows.size());
    std::vector<index_t> free(own.groups.begin(), own.groups.end() - 1);
    for (std::size_t i = 0; i < own.rows.size(); ++i)
      own.places[static_cast<std::size_t>(free[static_cast<std::size_t>(own.rows[i] % groups)]++)] =
          static_cast<std::int32_t>(i);
  }
  void apply(index_t group, float* to, detail::word2vec_copies& own) const {
    const index_t size = u.size();
    const float* const values = own.values();
    const auto g = static_cast<std::size_t>(group);
    for (index_t i = own.groups[g]; i < own.groups[g + 1]; ++i) {
      const index_t place = own.places[static_cast<std::size_t>(i)];
      if (i + 4 < own.groups[g + 1])
        __builtin_prefetch(to + own.rows[static_cast<std::size_t>(own.places[static_cast<std::size_t>(i + 4)])] * size,
                           1);
      kernels.add(to + own.rows[static_cast<std::size_t>(place)] * size, values + place * size, size);
    }
  }

  void train_own(const detail::word2vec_windows& w, double rate, std::size_t worker, std::size_t part) {
    auto& [inputs, outputs] = copies[part];
    auto& [input_map, output_map] = places[worker];
    detail::word2vec_windows& mine = windows[worker];
    mine.inputs = mine.outputs = w.words;
    inputs.rows.clear();
    outputs.rows.clear();
    name_places(mine.inputs, input_map, inputs);
    name_places(mine.outputs, output_map, outputs);
    name_places(mine.noise, output_map, outputs);
    copy_rows(input_map, u.data(), inputs);
    copy_rows(output_map, v.data(), outputs);
    detail::word2vec_part p = part_of(w, rate);
    p.inputs = inputs.values();
    p.outputs = outputs.values();
    p.input_rows = mine.inputs.data();
    p.output_rows = mine.outputs.data();
    kernels.own(p, rooms[worker]);
    changes(u.data(), inputs);
    changes(v.data(), outputs);
  }

  void step() {
    if (started == clock::time_point()) {
      started = clock::now();
      started_at = words_done();
    }
    const index_t per_part = words_per_part(), n = entries();
    const bool own = options.mode == word2vec_mode::deterministic;
    const index_t count = std::min((n - next + per_part - 1) / per_part, own ? options.parts : hogwild_parts);
    ctx->pool().run(count, [&](index_t i, int worker) {
      const auto mine = static_cast<std::size_t>(worker);
      const index_t from = next + i * per_part;
      detail::word2vec_windows& w = windows[mine];
      sampler.make_windows(corpus->entries(), pass, from, std::min(n, from + per_part), w);
      if (own)
        train_own(w, rate_at(from), mine, static_cast<std::size_t>(i));
      else
        kernels.shared(part_of(w, rate_at(from)), rooms[mine]);
    });
    if (own)
      for (index_t i = 0; i < count; ++i)
        for (const auto& side : copies[static_cast<std::size_t>(i)])
          if (side.bad >= 0) refuse(side.bad);
    if (own)
      ctx->pool().run(2 * groups, [&](index_t chunk, int) {
        const bool output = chunk >= groups;
        for (index_t i = 0; i < count; ++i)
          apply(chunk % groups, (output ? v : u).data(), copies[static_cast<std::size_t>(i)][output]);
      });
    // a number that is not finite makes all of its row NaN, so that one column shows it until the pass is over
    const bool whole = next + count * per_part >= n;
    if (whole || !own) expect_finite(whole ? options.dimension : 1);
    next += count * per_part;
    if (next >= n) {
      next = 0;
      ++pass;
    }
  }

  /// Checks the first column of all rows.
  void expect_finite(index_t columns) {
    for (const auto* side : {&u, &v})
      for (index_t r = 0; r < words->size(); ++r) {
        const float* const row = side->data() + r * side->size();
        float zero = 0;
        for (index_t j = 0; j < columns; ++j) zero += row[j] - row[j];
        if (zero != 0) {
          broken = true;
          refuse(r);
        }
      }
  }
  [[noreturn]] void refuse(index_t row) const {
    raise<argument_error>(
        "words::word2vec: pass {}, word {} of {}: the vector of '{}' is not finite any more; expected a rate at which "
        "training "
        "converges, got {}",
        std::to_string(pass + 1), std::to_string(next), std::to_string(entries()),
        words->words()[static_cast<std::size_t>(row)], shown(options.rate));
  }

  index_t words_done() const { return std::min(pass * entries() + next, options.passes * entries()); }

  context<cpu>* ctx;
  word2vec options;
  const text::corpus* corpus;
  const text::vocabulary* words;
  detail::word2vec_matrix u, v;
  detail::word2vec_kernels kernels;
  detail::word2vec_sampler sampler;
  std::vector<detail::word2vec_windows> windows;
  std::vector<detail::word2vec_room> rooms;
  std::vector<std::array<std::vector<std::int32_t>, 2>> places;
  std::vector<std::array<detail::word2vec_copies, 2>> copies;
  index_t pass = 0, next = 0, started_at = 0;
  bool broken = false;  // the vectors are not finite, and cannot be put back
  clock::time_point started{};
};

KINDRED_INLINE word2vec_training::word2vec_training(std::unique_ptr<state> from) : state_(std::move(from)) {}
KINDRED_INLINE word2vec_training::word2vec_training(context<cpu>& ctx, const word2vec& options,
                                                    const text::corpus& corpus, const text::vocabulary& words)
    : state_(std::make_unique<state>(ctx, options, corpus, words)) {
  state_->start();
}
KINDRED_INLINE word2vec_training::word2vec_training(word2vec_training&&) noexcept = default;
KINDRED_INLINE word2vec_training& word2vec_training::operator=(word2vec_training&&) noexcept = default;
KINDRED_INLINE word2vec_training::~word2vec_training() = default;

KINDRED_INLINE bool word2vec_training::step() {
  expects<argument_error>(!state_->broken, "words::word2vec: vectors that are not finite cannot be trained");
  if (state_->done()) return false;
  state_->step();
  return true;
}
KINDRED_INLINE bool word2vec_training::done() const { return state_->done(); }
KINDRED_INLINE const word2vec& word2vec_training::options() const { return state_->options; }

KINDRED_INLINE word2vec_progress word2vec_training::progress() const {
  const state& s = *state_;
  word2vec_progress p;
  p.pass = s.pass;
  p.words_done = s.words_done();
  p.words_total = s.options.passes * s.entries();
  p.rate = s.done() ? s.options.rate * 1e-4 : s.rate_at(s.next);
  if (s.started == state::clock::time_point()) return p;
  p.seconds = std::chrono::duration<double>(state::clock::now() - s.started).count();
  if (p.seconds > 0) p.words_per_second = static_cast<double>(p.words_done - s.started_at) / p.seconds;
  if (p.words_per_second > 0) p.seconds_left = static_cast<double>(p.words_total - p.words_done) / p.words_per_second;
  return p;
}

namespace detail {
inline matrix<float, cpu> without_padding(context<cpu>& ctx, const word2vec_matrix& from) {
  const matrix_view<float, cpu> rows = from.view();
  matrix<float, cpu> out(ctx, rows.rows(), rows.cols(), uninitialized);
  for (index_t r = 0; r < rows.rows(); ++r)
    ctx.copy(out.data() + r * rows.cols(), &rows(r, 0), rows.cols() * static_cast<index_t>(sizeof(float)));
  return out;
}
}  // namespace detail

KINDRED_INLINE io::word_vectors<float, cpu> word2vec_training::vectors() const {
  return {state_->words->words(), detail::without_padding(*state_->ctx, state_->u)};
}
KINDRED_INLINE matrix<float, cpu> word2vec_training::output_vectors() const {
  return detail::without_padding(*state_->ctx, state_->v);
}

namespace detail {
inline constexpr const char* word2vec_file_type = "word2vec_training 1";
}

KINDRED_INLINE void word2vec_training::save(const std::string& path) const {
  const state& s = *state_;
  expects<argument_error>(!s.broken, "words::word2vec: vectors that are not finite are not saved to {}", path);
  const word2vec& o = s.options;
  io::safetensors_writer file;
  file.metadata("type", detail::word2vec_file_type);
  file.add("u", s.u.view());
  file.add("v", s.v.view());
  file.add("rates", std::vector<double>{o.sample, o.rate});
  file.add("state",
           std::vector<std::int64_t>{o.dimension, o.window, o.negative, o.passes, static_cast<std::int64_t>(o.mode),
                                     static_cast<std::int64_t>(o.architecture), static_cast<std::int64_t>(o.seed),
                                     o.parts, o.words_per_part, s.pass, s.next, s.entries(),
                                     static_cast<std::int64_t>(s.corpus->fingerprint())});
  file.write(path);
}

KINDRED_INLINE word2vec_training word2vec_training::load(context<cpu>& ctx, const std::string& path,
                                                         const text::corpus& corpus, const text::vocabulary& words,
                                                         const io::limits& accepted) {
  const io::safetensors file(path, accepted);
  const std::string& type = file.metadata("type");
  expects<io_error>(type == detail::word2vec_file_type, "{}: metadata type: expected {}, got {}", path,
                    detail::word2vec_file_type, type);
  const auto rates = file.load_vector<double>(ctx, "rates").to_host();
  const auto n = file.load_vector<std::int64_t>(ctx, "state").to_host();
  expects<io_error>(rates.size() == 2 && n.size() == 13, "{}: tensors rates and state: expected 2 and 13 values", path);
  const auto fits = [&](bool ok, const char* what) { expects<io_error>(ok, "{}: tensor state: {}", path, what); };
  fits(n[4] >= 0 && n[4] <= 1 && n[5] >= 0 && n[5] <= 1, "mode or architecture is unknown");
  fits(n[11] == static_cast<index_t>(corpus.entries().size()) &&
           static_cast<std::uint64_t>(n[12]) == corpus.fingerprint(),
       "was trained on another corpus");
  const word2vec o{n[0],
                   n[1],
                   n[2],
                   rates[0],
                   n[3],
                   rates[1],
                   static_cast<word2vec_mode>(n[4]),
                   static_cast<word2vec_architecture>(n[5]),
                   static_cast<std::uint64_t>(n[6]),
                   n[7],
                   n[8]};
  for (const char* name : {"u", "v"})
    expects<io_error>(file.shape(name) == std::vector<index_t>{words.size(), o.dimension},
                      "{}: tensor {}: expected {} x {}", path, name, words.size(), o.dimension);
  std::unique_ptr<state> made;
  try {
    made = std::make_unique<state>(ctx, o, corpus, words);
  } catch (const argument_error& e) {
    expects<io_error>(false, "{}: tensor state: {}", path, e.what());
  }
  const index_t per_part = made->words_per_part();
  fits(n[9] >= 0 && n[9] <= o.passes && n[10] >= 0 && n[10] < made->entries() && n[10] % per_part == 0 &&
           (n[9] < o.passes || n[10] == 0),
       "a position that no training reaches");
  for (const char* name : {"u", "v"}) {
    const auto from = file.view<float>(name);
    const auto to = (name[0] == 'u' ? made->u : made->v).view();
    for (index_t r = 0; r < from.rows(); ++r)
      ctx.copy(&to(r, 0), &from(r, 0), from.cols() * static_cast<index_t>(sizeof(float)));
  }
  made->pass = n[9];
  made->next = n[10];
  return word2vec_training(std::move(made));
}

KINDRED_INLINE io::word_vectors<float, cpu> word2vec::train(
    context<cpu>& ctx, const text::corpus& corpus, const text::vocabulary& words,
    const std::function<void(const word2vec_progress&)>& progress) const {
  word2vec_training training(ctx, *this, corpus, words);
  for (double said = 0; training.step();) {
    if (!progress) continue;
    const word2vec_progress now = training.progress();
    if (now.seconds < said + 0.5 && !training.done()) continue;
    said = now.seconds;
    progress(now);
  }
  return training.vectors();
}

}  // namespace kindred::words
