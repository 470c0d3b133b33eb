// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <kindred/check/gradient.hpp>
#include <kindred/core/array.hpp>
#include <kindred/core/random.hpp>
#include <kindred/op/bias.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/gather.hpp>
#include <kindred/op/map.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/op/norm.hpp>
#include <kindred/op/pairwise.hpp>
#include <kindred/op/rank.hpp>
#include <kindred/op/reduce.hpp>
#include <kindred/op/scores.hpp>
#include <kindred/op/segment.hpp>
#include <kindred/op/softmax.hpp>
#include <kindred/op/top_k.hpp>
#include <kindred/op/transpose.hpp>
#include <kindred/relation/same_label.hpp>
#include <limits>
#include <string>
#include <vector>

namespace kindred::check {

/// What one check of the conformance suite found.
struct finding {
  std::string name;          ///< the operation and its sizes: "op::softmax 33 x 1000"
  double error = 0;          ///< largest deviation from a plain loop in double, relative to max(1, |expected|)
  double allowed = 0;        ///< what rounding explains
  std::uint64_t digest = 0;  ///< of the bytes of the result: equal wherever results must be equal to the bit

  bool passed() const { return error <= allowed; }  // false for NaN
};

namespace detail {

using reporter = std::function<void(const finding&)>;

/// A matrix on the host, in double, whose values T can hold.
struct grid {
  index_t rows = 0, cols = 0;
  std::vector<double> values;

  grid(index_t r, index_t c, double value = 0) : rows(r), cols(c), values(static_cast<std::size_t>(r * c), value) {}
  double& operator()(index_t r, index_t c) { return values[static_cast<std::size_t>(r * cols + c)]; }
  double operator()(index_t r, index_t c) const { return values[static_cast<std::size_t>(r * cols + c)]; }
};

/// Numbers in [-1, 1) that differ from call to call by `stream`.
template <class T>
grid random_grid(index_t rows, index_t cols, std::uint64_t stream) {
  grid g(rows, cols);
  for (std::size_t i = 0; i < g.values.size(); ++i)
    g.values[i] = static_cast<double>(static_cast<T>(2 * random::uniform(7, stream, i) - 1));
  return g;
}

/// What is checked, put together to a string only when it is reported.
struct label {
  const char* operation;
  index_t rows, cols, depth;
  const char* variant;

  std::string text() const {
    std::string s = std::string(operation) + " " + std::to_string(rows) + " x " + std::to_string(cols);
    if (depth >= 0) s += " x " + std::to_string(depth);
    return *variant ? s + " " + variant : s;
  }
};
inline label sized(const char* operation, index_t rows, index_t cols, index_t depth = -1, const char* variant = "") {
  return {operation, rows, cols, depth, variant};
}

/// A matrix on the device inside a larger one, so that strides are honoured and writes beside it show.
template <class T, Device D>
class framed {
 public:
  framed(context<D>& ctx, const grid& g) : rows_(g.rows), cols_(g.cols), memory_(upload(ctx, g)) {}
  framed(context<D>& ctx, index_t rows, index_t cols) : framed(ctx, grid(rows, cols, 99)) {}

  matrix_view<T, D> view() & KINDRED_LIFETIMEBOUND {
    return memory_.view().middle_rows(0, rows_).middle_cols(0, cols_);
  }
  vector_view<T, D> vector() & KINDRED_LIFETIMEBOUND { return view().row(0); }
  index_t rows() const { return rows_; }
  index_t cols() const { return cols_; }

  /// Compares with what was expected, frame included.
  finding compared(const label& what, const grid& expected, double allowed) const {
    finding f{what.text(), 0, allowed, 14695981039346656037ull};
    const std::vector<T> host = memory_.to_host();
    for (index_t r = 0; r <= rows_; ++r)
      for (index_t c = 0; c < cols_ + beside; ++c) {
        const T came = host[static_cast<std::size_t>(r * (cols_ + beside) + c)];
        const bool inside = r < rows_ && c < cols_;
        const double value = static_cast<double>(came), wanted = inside ? expected(r, c) : frame;
        double error = 0;
        if (value != wanted && !(value != value && wanted != wanted)) {
          const double size = std::abs(wanted);
          error = std::abs(value - wanted) / (size > 1 ? size : 1);
          if (!inside || !(error < std::numeric_limits<double>::infinity()))
            error = std::numeric_limits<double>::infinity();
        }
        if (error > f.error) f.error = error;
        // all NaN are one value: their bits are not promised
        T counted = came == came ? came : T(-1);
        unsigned char bytes[sizeof(T)];
        std::memcpy(bytes, &counted, sizeof(T));
        for (const unsigned char byte : bytes) f.digest = (f.digest ^ byte) * 1099511628211ull;
      }
    return f;
  }
  void judge(const reporter& report, const label& what, const grid& expected, double allowed) const {
    report(compared(what, expected, allowed));
  }

 private:
  static constexpr index_t beside = 3;
  static constexpr double frame = 77;

  matrix<T, D> upload(context<D>& ctx, const grid& g) {
    std::vector<T> host(static_cast<std::size_t>((rows_ + 1) * (cols_ + beside)), T(frame));
    for (index_t r = 0; r < rows_; ++r)
      for (index_t c = 0; c < cols_; ++c)
        host[static_cast<std::size_t>(r * (cols_ + beside) + c)] = static_cast<T>(g(r, c));
    return {ctx, rows_ + 1, cols_ + beside, host};
  }
  index_t rows_, cols_;
  matrix<T, D> memory_;
};

/// Rounding of a chain of `length` additions of numbers near 1, with room for another order.
template <class T>
double rounding(index_t length) {
  return static_cast<double>(std::numeric_limits<T>::epsilon()) * static_cast<double>(16 + 2 * length);
}

inline constexpr index_t edge_widths[] = {0, 1, 31, 32, 33, 1000, 1500};  // above 1024 a GPU takes another kernel
inline constexpr index_t edge_rows[] = {0, 1, 33};
inline constexpr index_t edge_heights[] = {0, 1, 255, 256, 257, 600};  // column sums take 256 rows at a time

// ---- the backend

template <Device D>
struct write_position_at {
  vector_view<index_t, D> y;
  KINDRED_HD void operator()(index_t i) const { y(i) += 3 * i + 1; }
};
template <Device D>
struct write_cell_at {
  matrix_view<index_t, D> y;
  KINDRED_HD void operator()(index_t r, index_t c) const { y(r, c) += 3 * r + c; }
};
/// Every primitive of a group, in integers: equal on all devices.
template <Device D>
struct primitives_row {
  matrix_view<index_t, D> neighbour, before, bins, numbers;
  index_t width;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const auto value = [r](index_t i) { return (r + 7 * i * i) % 11; };
    g.for_each(width, [&](index_t i) { before(r, i) = i; });
    // reads what other lanes have just written
    g.for_each(width, [&](index_t i) { neighbour(r, i) = before(r, i + 1 < width ? i + 1 : 0); });
    const index_t total = g.scan(width, value, [&](index_t i, index_t sum) { before(r, i) = sum; });
    const index_t sum = g.reduce(width, index_t(0), plus{}, value);
    const index_t most = g.reduce(width, index_t(-1), maximum{}, value);
    const index_t least = g.reduce(width, index_t(99), minimum{}, value);
    const scored<double> first = g.reduce(width, scored<double>{0, -1}, best{}, [&](index_t i) {
      return scored<double>{static_cast<double>(value(i)), i};
    });
    g.for_each(bins.cols(), [&](index_t b) { bins(r, b) = 0; });
    g.count(width, &bins(r, 0), [&](index_t i) { return value(i) - 1; });  // zeros go into no bin
    g.once([&] {
      numbers(r, 0) = total;
      numbers(r, 1) = sum;
      numbers(r, 2) = most;
      numbers(r, 3) = least;
      numbers(r, 4) = first.id;
      numbers(r, 5) += 1;
    });
  }
};
template <Device D>
struct visit_row {
  vector_view<std::int32_t, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    g.once([&] { y(r) += 1; });
  }
};
template <Device D>
struct visit_at {
  vector_view<std::int32_t, D> y;
  KINDRED_HD void operator()(index_t i) const { y(i) += 1; }
  KINDRED_HD void operator()(index_t r, index_t) const { y(r) += 1; }
};

template <Device D>
void check_launchers(context<D>& ctx, const reporter& report) {
  for (const index_t n : {0, 1, 255, 257, 100000}) {
    framed<index_t, D> y(ctx, grid(1, n));
    grid expected(1, n);
    for (index_t i = 0; i < n; ++i) expected(0, i) = static_cast<double>(3 * i + 1);
    ctx.for_each(n, write_position_at<D>{y.vector()});
    y.judge(report, sized("for_each", 1, n), expected, 0);
  }
  for (const index_t rows : {0, 1, 33, 600})
    for (const index_t cols : edge_widths) {
      framed<index_t, D> y(ctx, grid(rows, cols));
      grid expected(rows, cols);
      for (index_t r = 0; r < rows; ++r)
        for (index_t c = 0; c < cols; ++c) expected(r, c) = static_cast<double>(3 * r + c);
      ctx.for_each(rows, cols, write_cell_at<D>{y.view()});
      y.judge(report, sized("for_each", rows, cols), expected, 0);
    }
  for (const index_t rows : edge_rows)
    for (const index_t width : edge_widths) {
      framed<index_t, D> neighbour(ctx, rows, width), before(ctx, rows, width), bins(ctx, rows, 10);
      framed<index_t, D> numbers(ctx, grid(rows, 6));
      ctx.for_each_row(rows, width,
                       primitives_row<D>{neighbour.view(), before.view(), bins.view(), numbers.view(), width});
      grid wanted_neighbour(rows, width), wanted_before(rows, width), wanted_bins(rows, 10), wanted(rows, 6);
      for (index_t r = 0; r < rows; ++r) {
        index_t sum = 0, most = -1, least = 99, first = -1;
        for (index_t i = 0; i < width; ++i) {
          const index_t value = (r + 7 * i * i) % 11;
          wanted_neighbour(r, i) = static_cast<double>(i + 1 < width ? i + 1 : 0);
          wanted_before(r, i) = static_cast<double>(sum);
          sum += value;
          if (value > most) most = value, first = i;
          if (value < least) least = value;
          if (value > 0) wanted_bins(r, value - 1) += 1;
        }
        const index_t all[] = {sum, sum, most, least, first, 1};
        for (index_t i = 0; i < 6; ++i) wanted(r, i) = static_cast<double>(all[i]);
      }
      neighbour.judge(report, sized("group for_each", rows, width), wanted_neighbour, 0);
      before.judge(report, sized("group scan", rows, width), wanted_before, 0);
      bins.judge(report, sized("group count", rows, width), wanted_bins, 0);
      numbers.judge(report, sized("group reduce and once", rows, width), wanted, 0);
    }
  if constexpr (!D::host_memory) {
    // more than one pass of the largest grid
    constexpr index_t blocks = 65535;
    const auto check = [&](const char* name, index_t n, auto launch) {
      framed<std::int32_t, D> y(ctx, grid(1, n));
      launch(y.vector());
      y.judge(report, sized(name, 1, n), grid(1, n, 1), 0);
    };
    using visited = vector_view<std::int32_t, D>;
    check("for_each, large", blocks * 256 + 5, [&](visited y) { ctx.for_each(y.size(), visit_at<D>{y}); });
    check("for_each rows, large", blocks * 256 + 5, [&](visited y) { ctx.for_each(y.size(), 1, visit_at<D>{y}); });
    check("for_each_row, large, narrow", blocks * 4 + 3,
          [&](visited y) { ctx.for_each_row(y.size(), 1, visit_row<D>{y}); });
    check("for_each_row, large, wide", blocks + 2,
          [&](visited y) { ctx.for_each_row(y.size(), 2000, visit_row<D>{y}); });
  }
}

template <Device D>
void check_memory(context<D>& ctx, const reporter& report) {
  for (const index_t n : {0, 1, 1000}) {
    std::vector<double> host(static_cast<std::size_t>(n));
    grid expected(1, n);
    for (index_t i = 0; i < n; ++i) host[static_cast<std::size_t>(i)] = expected(0, i) = static_cast<double>(i) + 0.5;
    vector<double, D> from(ctx, host);
    std::fill(host.begin(), host.end(), -1.0);  // the source may be reused at once
    framed<double, D> to(ctx, 1, n);
    ctx.copy(to.vector().data(), from.data(), n * 8);
    to.judge(report, sized("copy", 1, n), expected, 0);
    ctx.zero(to.vector().data(), n * 8);
    to.judge(report, sized("zero", 1, n), grid(1, n), 0);
    index_t held = 0;
    for (int round = 0; round < 2; ++round) {
      if (round == 1) held = ctx.scratch().capacity();
      const scratch_scope scope(ctx);
      const auto outer = scratch_vector<double>(ctx, n);
      const scratch_scope inner(ctx);
      const auto other = scratch_vector<double>(ctx, n);
      ctx.copy(outer.data(), from.data(), n * 8);
      ctx.zero(other.data(), n * 8);
      ctx.copy(to.vector().data(), outer.data(), n * 8);
    }
    to.judge(report, sized("scratch", 1, n), expected, 0);
    report({"scratch is reused", held == ctx.scratch().capacity() ? 0.0 : 1.0, 0, 0});
  }
}

template <class T, Device D>
void check_gemm(context<D>& ctx, const reporter& report) {
  constexpr index_t shapes[][3] = {{0, 3, 2},    {3, 0, 2},    {3, 2, 0},   {1, 1, 1},
                                   {31, 33, 32}, {5, 1000, 7}, {7, 5, 1000}};
  for (const auto& [m, n, k] : shapes)
    for (const bool at : {false, true})
      for (const bool bt : {false, true})
        for (const double beta : {0.0, 0.5}) {
          const grid a = at ? random_grid<T>(k, m, 1) : random_grid<T>(m, k, 1);
          const grid b = bt ? random_grid<T>(n, k, 2) : random_grid<T>(k, n, 2);
          const grid before = random_grid<T>(m, n, 3);
          grid expected(m, n);
          for (index_t i = 0; i < m; ++i)
            for (index_t j = 0; j < n; ++j) {
              double sum = 0;
              for (index_t l = 0; l < k; ++l) sum += (at ? a(l, i) : a(i, l)) * (bt ? b(j, l) : b(l, j));
              expected(i, j) = 1.5 * sum + (beta == 0 ? 0 : beta * before(i, j));
            }
          framed<T, D> x(ctx, a), y(ctx, b);
          // with beta 0 the product is not read: NaN there must not come through
          framed<T, D> c(ctx, beta == 0 ? grid(m, n, std::numeric_limits<double>::quiet_NaN()) : before);
          ctx.template gemm<T>(T(1.5), x.view(), at ? transpose::yes : transpose::no, y.view(),
                               bt ? transpose::yes : transpose::no, static_cast<T>(beta), c.view());
          c.judge(report, sized("gemm", m, n, k, at ? (bt ? "a' b'" : "a' b") : (bt ? "a b'" : "a b")), expected,
                  rounding<T>(k));
        }
  // three products whose operands lie below each other
  const index_t m = 5, n = 7, k = 9;
  const grid a = random_grid<T>(3 * m, k, 4), b = random_grid<T>(3 * n, k, 5);
  grid expected(3 * m, n);
  for (index_t p = 0; p < 3; ++p)
    for (index_t i = 0; i < m; ++i)
      for (index_t j = 0; j < n; ++j)
        for (index_t l = 0; l < k; ++l) expected(p * m + i, j) += a(p * m + i, l) * b(p * n + j, l);
  framed<T, D> x(ctx, a), y(ctx, b), c(ctx, 3 * m, n);
  const auto xs = x.view(), ys = y.view(), cs = c.view();
  ctx.template gemm_batched<T>(3, T(1), xs.middle_rows(0, m), m * xs.stride(), transpose::no, ys.middle_rows(0, n),
                               n * ys.stride(), transpose::yes, T(0), cs.middle_rows(0, m), m * cs.stride());
  c.judge(report, sized("gemm_batched", 3 * m, n, k), expected, rounding<T>(k));

  finding refused{"gemm refuses shapes that do not fit", 1, 0, 0};
  try {
    ctx.template gemm<T>(T(1), x.view(), transpose::no, y.view(), transpose::no, T(0), c.view());
  } catch (const shape_error&) {
    refused.error = 0;
  }
  report(refused);
}

// ---- element by element

struct square {
  template <class T>
  KINDRED_HD T operator()(T x) const {
    return x * x;
  }
};
struct difference {
  template <class T>
  KINDRED_HD T operator()(T a, T b) const {
    return a - b;
  }
};
struct between {
  template <class T>
  KINDRED_HD T operator()(T a, T b, T weight) const {
    return a + (b - a) * weight;
  }
};

template <class T, Device D>
void check_elements(context<D>& ctx, const reporter& report) {
  for (const index_t rows : edge_rows)
    for (const index_t cols : edge_widths) {
      const grid a = random_grid<T>(rows, cols, 10), b = random_grid<T>(rows, cols, 11),
                 w = random_grid<T>(rows, cols, 12), bias = random_grid<T>(1, cols, 13);
      framed<T, D> da(ctx, a), db(ctx, b), dw(ctx, w), dbias(ctx, bias), y(ctx, rows, cols), turned(ctx, cols, rows);
      grid one(rows, cols), two(rows, cols), three(rows, cols), biased(rows, cols), back(cols, rows), value(rows, cols);
      for (index_t r = 0; r < rows; ++r)
        for (index_t c = 0; c < cols; ++c) {
          one(r, c) = a(r, c) * a(r, c);
          two(r, c) = a(r, c) - b(r, c);
          three(r, c) = a(r, c) + (b(r, c) - a(r, c)) * w(r, c);
          biased(r, c) = a(r, c) + bias(0, c);
          back(c, r) = a(r, c);
        }
      op::map(ctx, square{}, da.view(), y.view());
      y.judge(report, sized("op::map, one", rows, cols), one, rounding<T>(1));
      op::map(ctx, difference{}, da.view(), db.view(), y.view());
      y.judge(report, sized("op::map, two", rows, cols), two, rounding<T>(1));
      op::map(ctx, between{}, da.view(), db.view(), dw.view(), y.view());
      y.judge(report, sized("op::map, three", rows, cols), three, rounding<T>(1));
      op::add_bias(ctx, da.view(), dbias.vector(), y.view());
      y.judge(report, sized("op::add_bias", rows, cols), biased, rounding<T>(1));
      op::transpose(ctx, da.view(), turned.view());
      turned.judge(report, sized("op::transpose", rows, cols), back, 0);
      const matrix<T, D> copy = transposed(ctx, da.view());
      op::transpose(ctx, copy, y.view());
      y.judge(report, sized("transposed", rows, cols), a, 0);

      op::fill(ctx, y.view(), T(0.25));
      y.judge(report, sized("op::fill", rows, cols), grid(rows, cols, 0.25), 0);
      op::fill_uniform(ctx, y.view(), T(-2), T(3), 5, 6);
      for (std::size_t i = 0; i < value.values.size(); ++i) value.values[i] = -2 + 5 * random::uniform(5, 6, i);
      y.judge(report, sized("op::fill_uniform", rows, cols), value, rounding<T>(1));
      op::fill_normal(ctx, y.view(), T(1), T(0.5), 5, 6);
      for (std::size_t i = 0; i < value.values.size(); ++i) value.values[i] = 1 + 0.5 * random::normal(5, 6, i);
      y.judge(report, sized("op::fill_normal", rows, cols), value, rounding<T>(1));
    }
}

// ---- rows

template <class T, Device D>
void check_rows(context<D>& ctx, const reporter& report) {
  constexpr double infinity = kindred::infinity<double>, nan = not_a_number<double>;
  for (const index_t rows : edge_rows)
    for (const index_t cols : edge_widths) {
      grid x = random_grid<T>(rows, cols, 20);
      // row 1: ties of the maximum; row 2: NaN among numbers; row 3: masked; row 4: zeros
      if (rows > 4)
        for (index_t c = 0; c < cols; ++c) {
          x(1, c) = c % 3 == 1 ? 2 : 1;
          if (c == 0) x(2, c) = nan;
          x(3, c) = -infinity;
          x(4, c) = 0;
        }
      grid sums(1, rows), means(1, rows), maxima(1, rows), ids(1, rows), soft(rows, cols), logs(rows, cols);
      for (index_t r = 0; r < rows; ++r) {
        double most = -infinity, sum = 0, powers = 0;
        index_t id = -1;
        for (index_t c = 0; c < cols; ++c) {
          sum += x(r, c);
          if (x(r, c) > most) most = x(r, c), id = c;
        }
        if (id < 0 && cols > 0) id = cols > 1 && x(r, 0) != x(r, 0) ? 1 : 0;
        sums(0, r) = sum;
        means(0, r) = cols > 0 ? sum / static_cast<double>(cols) : 0;
        maxima(0, r) = most;
        ids(0, r) = static_cast<double>(id);
        const double shift = most == -infinity ? 0 : most;
        bool number = true;
        for (index_t c = 0; c < cols; ++c) {
          powers += std::exp(x(r, c) - shift);
          number = number && x(r, c) == x(r, c);
        }
        for (index_t c = 0; c < cols; ++c) {
          soft(r, c) = !number ? nan : powers == 0 ? 0 : std::exp(x(r, c) - shift) / powers;
          logs(r, c) = !number ? nan : powers == 0 ? -infinity : x(r, c) - shift - std::log(powers);
        }
      }
      framed<T, D> dx(ctx, x), y(ctx, rows, cols), numbers(ctx, 1, rows);
      framed<index_t, D> at(ctx, 1, rows);
      op::row_sums(ctx, dx.view(), numbers.vector());
      numbers.judge(report, sized("op::row_sums", rows, cols), sums, rounding<T>(cols));
      op::row_means(ctx, dx.view(), numbers.vector());
      numbers.judge(report, sized("op::row_means", rows, cols), means, rounding<T>(cols));
      op::row_maxima(ctx, dx.view(), numbers.vector());
      numbers.judge(report, sized("op::row_maxima", rows, cols), maxima, 0);
      op::row_argmax(ctx, dx.view(), at.vector());
      at.judge(report, sized("op::row_argmax", rows, cols), ids, 0);
      op::softmax(ctx, dx.view(), y.view());
      y.judge(report, sized("op::softmax", rows, cols), soft, rounding<T>(cols));
      op::log_softmax(ctx, dx.view(), y.view());
      y.judge(report, sized("op::log_softmax", rows, cols), logs, rounding<T>(cols));

      // backward passes, given any y and dy
      const grid given = random_grid<T>(rows, cols, 21), slope = random_grid<T>(rows, cols, 22);
      grid soft_back(rows, cols), log_back(rows, cols);
      for (index_t r = 0; r < rows; ++r) {
        double dot = 0, sum = 0;
        for (index_t c = 0; c < cols; ++c) dot += given(r, c) * slope(r, c), sum += slope(r, c);
        for (index_t c = 0; c < cols; ++c) {
          soft_back(r, c) = given(r, c) * (slope(r, c) - dot);
          log_back(r, c) = slope(r, c) - std::exp(given(r, c)) * sum;
        }
      }
      framed<T, D> dgiven(ctx, given), dslope(ctx, slope);
      op::softmax_backward(ctx, dgiven.view(), dslope.view(), y.view());
      y.judge(report, sized("op::softmax_backward", rows, cols), soft_back, rounding<T>(cols));
      op::log_softmax_backward(ctx, dgiven.view(), dslope.view(), y.view());
      y.judge(report, sized("op::log_softmax_backward", rows, cols), log_back, 3 * rounding<T>(cols));
    }
}

template <class T, Device D>
void check_norms(context<D>& ctx, const reporter& report) {
  for (const index_t rows : edge_rows)
    for (const index_t cols : edge_widths) {
      grid x = random_grid<T>(rows, cols, 30);
      const grid slope = random_grid<T>(rows, cols, 31);
      // row 1: zeros; rows 2 and 3: squares leave the range of T
      const double large = static_cast<double>(std::numeric_limits<T>::max()) / 1e4;
      const double small = static_cast<double>(std::numeric_limits<T>::min()) * 1e4;
      if (rows > 4)
        for (index_t c = 0; c < cols; ++c) {
          x(1, c) = 0;
          x(2, c) = static_cast<double>(static_cast<T>(x(2, c) * large));
          x(3, c) = static_cast<double>(static_cast<T>(x(3, c) * small));
        }
      grid norms(1, rows), unit(rows, cols), back(rows, cols);
      for (index_t r = 0; r < rows; ++r) {
        double most = 0, sum = 0, dot = 0;
        for (index_t c = 0; c < cols; ++c) most = std::max(most, std::abs(x(r, c)));
        for (index_t c = 0; c < cols && most > 0; ++c) sum += (x(r, c) / most) * (x(r, c) / most);
        norms(0, r) = most * std::sqrt(sum);
        for (index_t c = 0; c < cols && most > 0; ++c) unit(r, c) = x(r, c) / norms(0, r);
        for (index_t c = 0; c < cols; ++c) dot += unit(r, c) * slope(r, c);
        for (index_t c = 0; c < cols && most > 0; ++c) back(r, c) = (slope(r, c) - unit(r, c) * dot) / norms(0, r);
      }
      framed<T, D> dx(ctx, x), dslope(ctx, slope), y(ctx, rows, cols), dnorms(ctx, 1, rows);
      op::row_norms(ctx, dx.view(), dnorms.vector());
      dnorms.judge(report, sized("op::row_norms", rows, cols), norms, rounding<T>(cols));
      framed<T, D> made(ctx, 1, rows);
      op::normalize_rows(ctx, dx.view(), y.view(), made.vector());
      y.judge(report, sized("op::normalize_rows", rows, cols), unit, rounding<T>(cols));
      made.judge(report, sized("op::normalize_rows, norms", rows, cols), norms, rounding<T>(cols));
      // the gradient of a tiny row is huge or infinite: only rows of ordinary size
      grid ordinary(rows, cols), wanted(rows, cols), sizes(1, rows);
      for (index_t r = 0; r < rows; ++r) {
        const bool skipped = rows > 4 && (r == 2 || r == 3);
        sizes(0, r) = skipped ? 0 : norms(0, r);
        for (index_t c = 0; c < cols; ++c) {
          ordinary(r, c) = skipped ? 0 : unit(r, c);
          wanted(r, c) = skipped ? 0 : back(r, c);
        }
      }
      framed<T, D> dunit(ctx, ordinary), dsizes(ctx, sizes);
      op::normalize_rows_backward(ctx, dunit.view(), dsizes.vector(), dslope.view(), y.view());
      y.judge(report, sized("op::normalize_rows_backward", rows, cols), wanted, 16 * rounding<T>(cols));
    }
}

// ---- columns

template <class T, Device D>
void check_columns(context<D>& ctx, const reporter& report) {
  for (const index_t rows : edge_heights)
    for (const index_t cols : {index_t(0), index_t(1), index_t(33), index_t(1000)}) {
      grid x = random_grid<T>(rows, cols, 40);
      // column 1 is constant, at a value that is no sum of powers of two
      for (index_t r = 0; r < rows && cols > 1; ++r) x(r, 1) = static_cast<double>(static_cast<T>(1e3 / 3));
      const grid before = random_grid<T>(1, cols, 41);
      grid sums(1, cols), added(1, cols), means(1, cols), deviations(1, cols), standard(rows, cols);
      for (index_t c = 0; c < cols; ++c) {
        double sum = 0, square = 0;
        for (index_t r = 0; r < rows; ++r) sum += x(r, c);
        sums(0, c) = sum;
        added(0, c) = before(0, c) + sum;
        const auto n = static_cast<double>(rows > 0 ? rows : 1);
        means(0, c) = c == 1 && rows > 0 ? x(0, 1) : sum / n;
        for (index_t r = 0; r < rows; ++r) square += (x(r, c) - means(0, c)) * (x(r, c) - means(0, c));
        deviations(0, c) = std::sqrt(square / n);
        for (index_t r = 0; r < rows; ++r)
          standard(r, c) = (x(r, c) - means(0, c)) / (deviations(0, c) == 0 ? 1 : deviations(0, c));
      }
      framed<T, D> dx(ctx, x), y(ctx, rows, cols), dsums(ctx, 1, cols), dadded(ctx, before), dmeans(ctx, 1, cols),
          dscales(ctx, 1, cols);
      op::column_sums(ctx, dx.view(), dsums.vector());
      dsums.judge(report, sized("op::column_sums", rows, cols), sums, rounding<T>(rows));
      op::add_column_sums(ctx, dx.view(), dadded.vector());
      dadded.judge(report, sized("op::add_column_sums", rows, cols), added, rounding<T>(rows));
      framed<T, D> dbias(ctx, before);
      op::add_bias_backward(ctx, dx.view(), dbias.vector());
      dbias.judge(report, sized("op::add_bias_backward", rows, cols), added, rounding<T>(rows));
      op::column_means(ctx, dx.view(), dmeans.vector());
      dmeans.judge(report, sized("op::column_means", rows, cols), means, rounding<T>(rows));
      op::column_standard_deviations(ctx, dx.view(), dmeans.vector(), dscales.vector());
      dscales.judge(report, sized("op::column_standard_deviations", rows, cols), deviations, rounding<T>(rows));
      op::standardize_columns(ctx, dx.view(), dmeans.vector(), dscales.vector(), y.view());
      y.judge(report, sized("op::standardize_columns", rows, cols), standard, 16 * rounding<T>(rows));
    }
}

// ---- items of several rows

template <class T, Device D>
void check_segments(context<D>& ctx, const reporter& report, const std::vector<index_t>& lengths, bool ragged) {
  const auto items = static_cast<index_t>(lengths.size());
  std::vector<index_t> offsets{0};
  index_t longest = 0;
  for (const index_t length : lengths) {
    offsets.push_back(offsets.back() + length);
    longest = std::max(longest, length);
  }
  const index_t rows = offsets.back();
  const vector<index_t, D> doffsets(ctx, offsets);
  const auto given = ragged ? doffsets.view() : vector_view<const index_t, D>();
  const auto from = [&](index_t item) { return offsets[static_cast<std::size_t>(item)]; };

  for (const index_t cols : {index_t(0), index_t(1), index_t(31), index_t(33)}) {
    grid x = random_grid<T>(rows, cols, 50);
    for (index_t r = 0; r < rows && cols > 1; ++r) x(r, 1) = 0.5;  // ties
    const grid slope = random_grid<T>(items, cols, 51);
    grid sums(items, cols), means(items, cols), maxima(items, cols), at(items, cols, -1);
    grid sum_back(rows, cols), mean_back(rows, cols), max_back(rows, cols);
    for (index_t item = 0; item < items; ++item)
      for (index_t c = 0; c < cols; ++c) {
        const double length = static_cast<double>(from(item + 1) - from(item));
        for (index_t r = from(item); r < from(item + 1); ++r) {
          sums(item, c) += x(r, c);
          if (at(item, c) < 0 || x(r, c) > maxima(item, c))
            maxima(item, c) = x(r, c), at(item, c) = static_cast<double>(r);
          sum_back(r, c) = slope(item, c);
          mean_back(r, c) = slope(item, c) / length;
        }
        means(item, c) = length > 0 ? sums(item, c) / length : 0;
        if (length > 0) max_back(static_cast<index_t>(at(item, c)), c) = slope(item, c);
      }
    framed<T, D> dx(ctx, x), y(ctx, items, cols), dslope(ctx, slope), back(ctx, rows, cols);
    framed<index_t, D> dat(ctx, items, cols);
    const batch_view<T, D> in{dx.view(), given, items, longest}, out{back.view(), given, items, longest};
    const auto name = [&](const char* op) { return sized(op, items, cols, -1, ragged ? "ragged" : ""); };
    op::segment_sum(ctx, in, y.view());
    y.judge(report, name("op::segment_sum"), sums, rounding<T>(longest));
    op::segment_mean(ctx, in, y.view());
    y.judge(report, name("op::segment_mean"), means, rounding<T>(longest));
    op::segment_max(ctx, in, y.view(), dat.view());
    y.judge(report, name("op::segment_max"), maxima, 0);
    dat.judge(report, name("op::segment_max, at"), at, 0);
    op::segment_sum_backward(ctx, dslope.view(), out);
    back.judge(report, name("op::segment_sum_backward"), sum_back, 0);
    op::segment_mean_backward(ctx, dslope.view(), out);
    back.judge(report, name("op::segment_mean_backward"), mean_back, rounding<T>(1));
    op::segment_max_backward(ctx, dat.view(), dslope.view(), out);
    back.judge(report, name("op::segment_max_backward"), max_back, 0);
  }

  const grid x = random_grid<T>(rows, 1, 52), slope = random_grid<T>(rows, 1, 53);
  grid soft(rows, 1), soft_back(rows, 1);
  for (index_t item = 0; item < items; ++item) {
    double sum = 0, dot = 0;
    for (index_t r = from(item); r < from(item + 1); ++r) sum += std::exp(x(r, 0)), dot += x(r, 0) * slope(r, 0);
    for (index_t r = from(item); r < from(item + 1); ++r) {
      soft(r, 0) = std::exp(x(r, 0)) / sum;
      soft_back(r, 0) = x(r, 0) * (slope(r, 0) - dot);
    }
  }
  framed<T, D> dx(ctx, x), dslope(ctx, slope), y(ctx, rows, 1);
  const batch_view<T, D> in{dx.view(), given, items, longest};
  op::segment_softmax(ctx, in, y.view());
  y.judge(report, sized("op::segment_softmax", items, longest), soft, rounding<T>(longest));
  op::segment_softmax_backward(ctx, in, dslope.view(), y.view());
  y.judge(report, sized("op::segment_softmax_backward", items, longest), soft_back, rounding<T>(longest));
}

// ---- lookups and pairs

template <class T, Device D>
void check_gather(context<D>& ctx, const reporter& report) {
  const index_t table = 40;
  for (const index_t uses : {0, 1, 33, 1000})
    for (const index_t cols : {0, 1, 31, 32, 33}) {
      const grid x = random_grid<T>(table, cols, 60), slope = random_grid<T>(uses, cols, 61);
      std::vector<index_t> ids(static_cast<std::size_t>(uses));
      for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = random::below(table + 1, 3, 0, i) - 1;  // -1: nothing
      grid y(uses, cols), dx = x;
      for (index_t r = 0; r < uses; ++r)
        for (index_t c = 0; c < cols; ++c)
          if (const index_t id = ids[static_cast<std::size_t>(r)]; id >= 0) {
            y(r, c) = x(id, c);
            dx(id, c) += slope(r, c);
          }
      framed<T, D> from(ctx, x), to(ctx, uses, cols), back(ctx, x), dslope(ctx, slope);
      op::gather_rows(ctx, from.view(), vector<index_t, D>(ctx, ids), to.view());
      to.judge(report, sized("op::gather_rows", uses, cols), y, 0);
      op::gather_rows_backward(ctx, dslope.view(), op::row_uses<D>(ctx, ids, table), back.view());
      back.judge(report, sized("op::gather_rows_backward", uses, cols), dx, rounding<T>(uses));
    }
}

template <class T, Device D>
void check_pairs(context<D>& ctx, const reporter& report) {
  for (const index_t n : {0, 1, 31, 32, 33, 257}) {
    const index_t depth = 5;
    grid x = random_grid<T>(n, depth, 70);
    for (index_t c = 0; c < depth && n > 2; ++c) x(2, c) = x(1, c);  // equal items
    const grid slope = random_grid<T>(n, n, 71);
    grid gram(n, n), distances(n, n), back(n, n);
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < n; ++j) {
        double dot = 0;
        for (index_t c = 0; c < depth; ++c) dot += x(i, c) * x(j, c);
        gram(i, j) = static_cast<double>(static_cast<T>(dot));
      }
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < n; ++j)
        if (i != j) distances(i, j) = std::max(0.0, gram(i, i) + gram(j, j) - 2 * gram(i, j));
    framed<T, D> dgram(ctx, gram), ddistances(ctx, n, n), dslope(ctx, slope), dback(ctx, n, n);
    op::square_distances(ctx, dgram.view(), ddistances.view());
    ddistances.judge(report, sized("op::square_distances", n, n), distances, rounding<T>(4));
    for (index_t i = 0; i < n; ++i)
      for (index_t j = 0; j < n; ++j)
        if (distances(i, j) > 0) {
          back(i, j) = -2 * slope(i, j);
          back(i, i) += slope(i, j);
          back(j, j) += slope(i, j);
        }
    framed<T, D> given(ctx, distances);
    op::square_distances_backward(ctx, given.view(), dslope.view(), dback.view());
    dback.judge(report, sized("op::square_distances_backward", n, n), back, rounding<T>(2 * n));
  }
}

// ---- scores, selection, ranks

/// Row r of scores as ids in the order of rankings.
inline std::vector<index_t> ranking(const grid& scores, index_t r) {
  std::vector<index_t> ids(static_cast<std::size_t>(scores.cols));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<index_t>(i);
  std::sort(ids.begin(), ids.end(), [&](index_t a, index_t b) { return ahead(scores(r, a), a, scores(r, b), b); });
  return ids;
}

/// The first k of every ranking as ids and scores; id -1 and score -infinity where there are none.
struct first_places {
  grid ids, scores;
  first_places(const grid& all, index_t k) : ids(all.rows, k, -1), scores(all.rows, k, -infinity<double>) {
    for (index_t r = 0; r < all.rows; ++r) {
      const std::vector<index_t> order = ranking(all, r);
      for (index_t j = 0; j < k && j < all.cols; ++j) {
        ids(r, j) = static_cast<double>(order[static_cast<std::size_t>(j)]);
        scores(r, j) = all(r, order[static_cast<std::size_t>(j)]);
      }
    }
  }
};

/// Scores with many ties, both zeros, infinities and, where asked for, NaN.
inline grid tied_grid(index_t rows, index_t cols, bool with_nan) {
  grid g = random_grid<float>(rows, cols, 100);
  for (std::size_t i = 0; i < g.values.size(); ++i) {
    double& v = g.values[i];
    v = std::round(v * 8) / 8;  // -0 among them
    if (i % 41 == 5) v = i % 2 == 0 ? infinity<double> : -infinity<double>;
    if (with_nan && i % 13 == 7) v = not_a_number<double>;
  }
  return g;
}

template <class T, Device D>
void check_selection(context<D>& ctx, const reporter& report) {
  for (const index_t rows : {0, 1, 5})
    for (const index_t cols : edge_widths) {
      const grid scores = tied_grid(rows, cols, true);
      framed<T, D> given(ctx, scores);
      for (const index_t k : {index_t(0), index_t(1), index_t(33), cols, cols + 2}) {
        const first_places expected(scores, k);
        framed<index_t, D> ids(ctx, rows, k);
        framed<T, D> values(ctx, rows, k);
        op::top_k<T, D>(ctx, given.view(), k, ids.view(), values.view());
        ids.judge(report, sized("op::top_k, ids", rows, cols, k), expected.ids, 0);
        values.judge(report, sized("op::top_k, scores", rows, cols, k), expected.scores, 0);
      }

      // ranks of the items that share the label of the row
      std::vector<label_t> row_labels(static_cast<std::size_t>(rows)), labels(static_cast<std::size_t>(cols));
      for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<label_t>(random::below(5, 1, 2, i));
      for (std::size_t i = 0; i < row_labels.size(); ++i) row_labels[i] = static_cast<label_t>(i);
      const vector<label_t, D> from(ctx, row_labels), to(ctx, labels);
      const op::ranks found = op::rank(ctx, given.view(), relation::same_label<D>(from.view(), to.view()));
      finding f{sized("op::rank", rows, cols).text(), 0, 0, 0};
      for (index_t r = 0; r < rows; ++r) {
        const std::vector<index_t> order = ranking(scores, r);
        std::vector<index_t> ranks;
        for (std::size_t place = 0; place < order.size(); ++place)
          if (labels[static_cast<std::size_t>(order[place])] == static_cast<label_t>(r))
            ranks.push_back(static_cast<index_t>(place) + 1);
        if (found.lists[static_cast<std::size_t>(r)] != ranks || found.ranked[static_cast<std::size_t>(r)] != cols)
          f.error = 1;
      }
      report(f);
    }
}

template <class T, Device D>
void check_scores(context<D>& ctx, const reporter& report) {
  constexpr index_t shapes[][3] = {{0, 5, 3},     {5, 0, 3},    {5, 4, 0},   {1, 1, 1},
                                   {3, 1000, 31}, {33, 32, 33}, {2, 7, 1000}};
  for (const auto& [m, n, depth] : shapes)
    for (const auto how : {op::scoring::inner_product, op::scoring::negative_square_distance}) {
      const bool distance = how == op::scoring::negative_square_distance;
      const char* const variant = distance ? "distance" : "product";
      const grid a = random_grid<T>(m, depth, 110);
      grid b = random_grid<T>(n, depth, 111);
      for (index_t c = 0; c < depth && n > 3 && m > 0; ++c) b(3, c) = b(1, c), b(2, c) = a(0, c);  // equal items
      grid expected(m, n), norms(1, n);
      for (index_t j = 0; j < n; ++j)
        for (index_t c = 0; c < depth; ++c) norms(0, j) += b(j, c) * b(j, c);
      for (index_t i = 0; i < m; ++i)
        for (index_t j = 0; j < n; ++j)
          for (index_t c = 0; c < depth; ++c)
            expected(i, j) += distance ? -(a(i, c) - b(j, c)) * (a(i, c) - b(j, c)) : a(i, c) * b(j, c);
      framed<T, D> da(ctx, a), db(ctx, b), na(ctx, 1, m), nb(ctx, 1, n), scores(ctx, m, n);
      op::square_norms(ctx, da.view(), na.vector());
      op::square_norms(ctx, db.view(), nb.vector());
      nb.judge(report, sized("op::square_norms", n, depth), norms, rounding<T>(depth));
      const op::comparable<T, D> queries{da.view(), na.vector()}, gallery{db.view(), nb.vector()};
      op::scores(ctx, queries, gallery, how, scores.view());
      scores.judge(report, sized("op::scores", m, n, depth, variant), expected, 4 * rounding<T>(depth));

      // a search finds what sorting those scores finds
      grid seen(m, n);
      const auto host = to_host(ctx, scores.view());
      for (std::size_t i = 0; i < host.size(); ++i) seen.values[i] = static_cast<double>(host[i]);
      for (const index_t k : {index_t(1), index_t(10), n + 1}) {
        const first_places first(seen, k);
        framed<index_t, D> ids(ctx, m, k);
        framed<T, D> values(ctx, m, k);
        op::nearest(ctx, queries, gallery, how, k, {}, ids.view(), values.view());
        ids.judge(report, sized("op::nearest, ids", m, n, k, variant), first.ids, 0);
        values.judge(report, sized("op::nearest, scores", m, n, k, variant), first.scores, 0);
      }
    }
}

// ---- gradients

/// Compares a backward pass with central differences of sum over i of weight(i) y(i), on devices that the host can
/// read. forward(x, y), backward(y, dy, dx); x is items x cols.
template <Device D, class Forward, class Backward>
void check_gradient(context<D>& ctx, const reporter& report, const label& what, const grid& x, index_t y_rows,
                    index_t y_cols, Forward forward, Backward backward) {
  matrix<double, D> dx(ctx, x.rows, x.cols), y(ctx, y_rows, y_cols), input(ctx, x.rows, x.cols, x.values);
  const grid weight = random_grid<double>(y_rows, y_cols, 80);
  matrix<double, D> dy(ctx, y_rows, y_cols, weight.values);
  forward(input.view(), y.view());
  backward(y.view(), dy.view(), dx.view());
  const std::vector<double> analytic = dx.to_host();
  const auto value = [&] {
    forward(input.view(), y.view());
    double sum = 0;
    for (std::size_t i = 0; i < weight.values.size(); ++i) sum += weight.values[i] * y.data()[i];
    return sum;
  };
  const std::span<double> elements(input.data(), x.values.size());
  report({"gradient of " + what.text(), gradient_error(value, elements, analytic), 1e-6, 0});
}

template <Device D>
void check_gradients(context<D>& ctx, const reporter& report) {
  using view = matrix_view<double, D>;
  for (const index_t cols : {0, 1, 31, 32, 33}) {
    const grid x = random_grid<double>(3, cols, 90);
    check_gradient(
        ctx, report, sized("op::softmax", 3, cols), x, 3, cols, [&](view in, view y) { op::softmax(ctx, in, y); },
        [&](view y, view dy, view dx) { op::softmax_backward(ctx, y, dy, dx); });
    check_gradient(
        ctx, report, sized("op::log_softmax", 3, cols), x, 3, cols,
        [&](view in, view y) { op::log_softmax(ctx, in, y); },
        [&](view y, view dy, view dx) { op::log_softmax_backward(ctx, y, dy, dx); });
    vector<double, D> norms(ctx, 3);
    check_gradient(
        ctx, report, sized("op::normalize_rows", 3, cols), x, 3, cols,
        [&](view in, view y) { op::normalize_rows(ctx, in, y, norms.view()); },
        [&](view y, view dy, view dx) { op::normalize_rows_backward(ctx, y, norms, dy, dx); });
    // the gradient for the bias: x is the bias, one row
    const grid bias = random_grid<double>(1, cols, 91);
    const matrix<double, D> fixed(ctx, 3, cols, x.values);
    check_gradient(
        ctx, report, sized("op::add_bias", 3, cols), bias, 3, cols,
        [&](view b, view y) { op::add_bias(ctx, fixed, b.row(0), y); },
        [&](view, view dy, view db) { op::add_bias_backward(ctx, dy, db.row(0)); });
  }
  const std::vector<index_t> offsets{0, 3, 4, 4, 9, 41};
  const vector<index_t, D> doffsets(ctx, offsets);
  const index_t items = 5, rows = 41, longest = 32;
  for (const index_t cols : {1, 3}) {
    const grid x = random_grid<double>(rows, cols, 92);
    const auto batch = [&](view v) { return batch_view<double, D>{v, doffsets.view(), items, longest}; };
    matrix<index_t, D> at(ctx, items, cols);
    check_gradient(
        ctx, report, sized("op::segment_sum", items, cols), x, items, cols,
        [&](view in, view y) { op::segment_sum(ctx, batch(in), y); },
        [&](view, view dy, view dx) { op::segment_sum_backward(ctx, dy, batch(dx)); });
    check_gradient(
        ctx, report, sized("op::segment_mean", items, cols), x, items, cols,
        [&](view in, view y) { op::segment_mean(ctx, batch(in), y); },
        [&](view, view dy, view dx) { op::segment_mean_backward(ctx, dy, batch(dx)); });
    check_gradient(
        ctx, report, sized("op::segment_max", items, cols), x, items, cols,
        [&](view in, view y) { op::segment_max(ctx, batch(in), y, at.view()); },
        [&](view, view dy, view dx) { op::segment_max_backward(ctx, at, dy, batch(dx)); });
    if (cols == 1)
      check_gradient(
          ctx, report, sized("op::segment_softmax", items, cols), x, rows, 1,
          [&](view in, view y) { op::segment_softmax(ctx, batch(in), y); },
          [&](view y, view dy, view dx) { op::segment_softmax_backward(ctx, batch(y), dy, dx); });
  }
  const std::vector<index_t> ids{3, 0, -1, 3, 3, 1};
  const vector<index_t, D> dids(ctx, ids);
  const op::row_use<D> use = op::row_uses<D>(ctx, ids, 5);
  check_gradient(
      ctx, report, sized("op::gather_rows", 6, 3), random_grid<double>(5, 3, 93), 6, 3,
      [&](view in, view y) { op::gather_rows(ctx, in, dids, y); },
      [&](view, view dy, view dx) { op::gather_rows_backward(ctx, dy, use, dx); });
  // through the product, as a user of distances has it: dx = (dgram + dgram') x
  const grid points = random_grid<double>(7, 4, 94);
  const matrix<double, D> x(ctx, 7, 4, points.values);
  matrix<double, D> gram(ctx, 7, 7), dgram(ctx, 7, 7);
  check_gradient(
      ctx, report, sized("op::square_distances", 7, 7), points, 7, 7,
      [&](view in, view y) {
        ctx.template gemm<double>(1, in, transpose::no, in, transpose::yes, 0, gram.view());
        op::square_distances(ctx, gram, y);
      },
      [&](view y, view dy, view dx) {
        op::square_distances_backward(ctx, y, dy, dgram.view());
        ctx.template gemm<double>(1, dgram.view(), transpose::no, x.view(), transpose::no, 0, dx);
        ctx.template gemm<double>(1, dgram.view(), transpose::yes, x.view(), transpose::no, 1, dx);
      });
}

}  // namespace detail

/// Runs every operation of a backend and of room op on `ctx`, with numbers of type T, over edge sizes (0, 1, 31, 32,
/// 33, 1000 columns and more) in strided memory, and compares each result with a plain loop in double on the host;
/// writes outside of the result are found too. In double, on devices whose memory the host can read, backward passes
/// are also compared with central differences.
///
/// For authors of a backend: all findings pass(). For determinism: run it on two contexts that must agree to the bit
/// (thread counts; both lane orders of `emu`) and compare the digests of the findings one by one.
///
/// report   called with each finding, in the same order in every run
///
/// Complexity   about a second on one core.
/// Errors       what the backend throws.
template <Scalar T, Device D>
void conformance(context<D>& ctx, const std::function<void(const finding&)>& report) {
  if constexpr (std::same_as<T, double>) {  // once, as they are not about numbers
    detail::check_launchers(ctx, report);
    detail::check_memory(ctx, report);
  }
  detail::check_gemm<T>(ctx, report);
  detail::check_elements<T>(ctx, report);
  detail::check_rows<T>(ctx, report);
  detail::check_norms<T>(ctx, report);
  detail::check_columns<T>(ctx, report);
  detail::check_segments<T>(ctx, report, {3, 1, 0, 5, 32, 33, 0, 1000, 31}, true);
  detail::check_segments<T>(ctx, report, {}, true);
  detail::check_segments<T>(ctx, report, {1500}, true);
  detail::check_segments<T>(ctx, report, {7, 7, 7, 7}, false);
  detail::check_gather<T>(ctx, report);
  detail::check_pairs<T>(ctx, report);
  detail::check_selection<T>(ctx, report);
  detail::check_scores<T>(ctx, report);
  if constexpr (HostDevice<D> && std::same_as<T, double>) detail::check_gradients(ctx, report);
}

}  // namespace kindred::check
