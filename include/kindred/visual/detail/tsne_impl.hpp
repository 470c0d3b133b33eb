// SPDX-License-Identifier: Apache-2.0
/// @file
/// Definitions of visual/tsne.hpp and visual/tsne_map.hpp.
#pragma once

#include <cmath>
#include <kindred/core/math.hpp>
#include <kindred/core/random.hpp>
#include <kindred/linalg/covariance.hpp>
#include <kindred/linalg/leading_eigen.hpp>
#include <kindred/op/finite.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/visual/detail/interpolation_impl.hpp>
#include <kindred/visual/tsne.hpp>

namespace kindred::visual::detail {

inline std::size_t at(index_t i) { return static_cast<std::size_t>(i); }

/// p := exp(-b d) / sum with b such that the entropy of p is log(perplexity), to 1e-5, by bisection. Of d and p there
/// are padded(count) numbers; d is overwritten by what is further than the nearest.
template <class T>
void conditional(const map_kernels<T>& kernels, double* d, index_t count, double perplexity, double* p) {
  double nearest = d[0];
  for (index_t j = 1; j < count; ++j) nearest = std::min(nearest, d[j]);
  for (index_t j = 0; j < count; ++j) d[j] -= nearest;
  for (index_t j = count; j < padded(count); ++j) d[j] = 1e300;
  const double wanted = math::log(perplexity);
  double beta = 1, low = 0, high = infinity<double>, sum = 0;
  for (int step = 0; step < 100; ++step) {
    double weighted = 0;
    kernels.decay(padded(count), d, beta, p, sum, weighted);
    const double difference = math::log(sum) + beta * weighted / sum - wanted;
    if (difference <= 1e-5 && difference >= -1e-5) break;
    if (difference > 0) {
      low = beta;
      beta = high < infinity<double> ? (beta + high) / 2 : beta * 2;
    } else {
      high = beta;
      beta = low > 0 ? (beta + low) / 2 : beta / 2;
    }
  }
  for (index_t j = 0; j < count; ++j) p[j] /= sum;
}

/// The affinities P of a map: rows of all points, or lists of neighbours.
template <class T>
struct affinities {
  index_t count = 0;
  std::vector<T> dense;           // count x padded(count), or empty
  std::vector<index_t> offsets;   // of the lists, whose lengths are padded with value 0
  std::vector<std::int32_t> ids;  // ascending in each list; those of the padding are the point's own
  std::vector<T> values;
};

/// distances: of row i in chunks of rows, by fill(i, d) into count numbers of which number i is left out.
template <class T, class Fill>
affinities<T> dense_affinities(context<cpu>& ctx, index_t n, double perplexity, Fill fill) {
  affinities<T> p;
  p.count = n;
  const index_t stride = padded(n);
  p.dense.assign(at(n * stride), T(0));
  constexpr index_t rows = 16;
  ctx.pool().run((n + rows - 1) / rows, [&](index_t chunk, int) {
    const map_kernels<T> kernels = kernels_of<T>(ctx.instructions());
    std::vector<double> d(at(padded(n))), given(at(padded(n)));
    for (index_t i = chunk * rows; i < std::min(n, (chunk + 1) * rows); ++i) {
      fill(i, d.data());
      std::copy(d.begin() + i + 1, d.begin() + n, d.begin() + i);
      conditional(kernels, d.data(), n - 1, perplexity, given.data());
      for (index_t j = 0; j < n - 1; ++j) p.dense[at(i * stride + j + (j >= i ? 1 : 0))] = static_cast<T>(given[at(j)]);
    }
  });
  const T scale = T(1) / static_cast<T>(2 * n);
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < i; ++j) {
      T &a = p.dense[at(i * stride + j)], &b = p.dense[at(j * stride + i)];
      a = b = (a + b) * scale;
    }
  return p;
}

/// From the k nearest of each row: ids and squared distances, n x k.
template <class T>
affinities<T> sparse_affinities(context<cpu>& ctx, index_t n, index_t k, const index_t* ids,
                                std::vector<double> distances, double perplexity) {
  constexpr index_t rows = 64;
  std::vector<std::int32_t> near(at(n * k));
  ctx.pool().run((n + rows - 1) / rows, [&](index_t chunk, int) {
    const map_kernels<T> kernels = kernels_of<T>(ctx.instructions());
    std::vector<double> d(at(padded(k))), given(at(padded(k)));
    std::vector<std::pair<std::int32_t, double>> by_id(at(k));
    for (index_t i = chunk * rows; i < std::min(n, (chunk + 1) * rows); ++i) {
      std::copy_n(distances.data() + i * k, k, d.data());
      conditional(kernels, d.data(), k, perplexity, given.data());
      for (index_t j = 0; j < k; ++j) by_id[at(j)] = {static_cast<std::int32_t>(ids[i * k + j]), given[at(j)]};
      std::sort(by_id.begin(), by_id.end());
      for (index_t j = 0; j < k; ++j) {
        near[at(i * k + j)] = by_id[at(j)].first;
        distances[at(i * k + j)] = by_id[at(j)].second;
      }
    }
  });
  // who has i among its nearest, ascending
  std::vector<index_t> first(at(n + 1), 0);
  for (const std::int32_t j : near) ++first[static_cast<std::size_t>(j) + 1];
  for (std::size_t i = 0; i < at(n); ++i) first[i + 1] += first[i];
  std::vector<index_t> next(first.begin(), first.end() - 1), from(at(n * k));
  for (index_t i = 0; i < n * k; ++i) from[at(next[static_cast<std::size_t>(near[at(i)])]++)] = i;
  affinities<T> p;
  p.count = n;
  p.offsets.reserve(at(n + 1));
  p.ids.reserve(at(n * (2 * k + map_padding)));
  p.values.reserve(at(n * (2 * k + map_padding)));
  p.offsets.push_back(0);
  const double scale = 1 / static_cast<double>(2 * n);
  for (index_t i = 0; i < n; ++i) {
    index_t out = i * k, in = first[at(i)];
    const index_t out_end = out + k, in_end = first[at(i) + 1];
    while (out < out_end || in < in_end) {
      constexpr index_t none = std::numeric_limits<index_t>::max();
      const index_t a = out < out_end ? near[at(out)] : none, b = in < in_end ? from[at(in)] / k : none;
      double sum = 0;
      if (a <= b) sum += distances[at(out++)];
      if (b <= a) sum += distances[at(from[at(in++)])];
      p.ids.push_back(static_cast<std::int32_t>(std::min(a, b)));
      p.values.push_back(static_cast<T>(sum * scale));
    }
    p.ids.resize(at(padded(static_cast<index_t>(p.ids.size()))), static_cast<std::int32_t>(i));
    p.values.resize(p.ids.size(), T(0));
    p.offsets.push_back(static_cast<index_t>(p.ids.size()));
  }
  return p;
}

/// The forces on the points of a map and the value they descend.
template <class T>
class map_forces {
 public:
  map_forces(context<cpu>& ctx, const affinities<T>& p, tsne_method method, double angle)
      : ctx_(&ctx), p_(&p), method_(method), angle_(angle), kernels_(kernels_of<T>(ctx.instructions())) {
    attraction_.resize(at(p.count));
    repulsion_.resize(at(p.count));
    if (method == tsne_method::exact) {
      ones_.assign(at(padded(p.count)), T(0));
      std::fill(ones_.begin(), ones_.begin() + p.count, T(1));
    }
  }

  void compute(const map_points<T>& y) {
    const index_t n = y.count;
    switch (method_) {
      case tsne_method::interpolation:
        norm_ = grid_.repel(*ctx_, kernels_, y, repulsion_.data());
        break;
      case tsne_method::barnes_hut:
        tree_.build(y, angle_);
        norm_ = tree_.repel(*ctx_, kernels_, repulsion_.data());
        break;
      default:
        norm_ = repel_all(y);
    }
    norm_ -= static_cast<double>(n);  // each point with itself
    constexpr index_t rows = 64;
    ctx_->pool().run((n + rows - 1) / rows, [&](index_t chunk, int) {
      for (index_t i = chunk * rows; i < std::min(n, (chunk + 1) * rows); ++i) attraction_[at(i)] = attract(y, i);
    });
  }
  /// Sum of 1 / (1 + |y_i - y_j|^2) over i != j.
  double norm() const { return norm_; }
  /// The gradient of KL(exaggeration P || Q) for point i at the places of the last compute().
  void gradient(index_t i, double exaggeration, T& x, T& y) const {
    const T pull = static_cast<T>(4 * exaggeration), push = static_cast<T>(4 / norm_);
    x = pull * attraction_[at(i)].x - push * repulsion_[at(i)].x;
    y = pull * attraction_[at(i)].y - push * repulsion_[at(i)].y;
  }
  /// KL(P || Q) there, in double.
  double divergence(const map_points<T>& y) const {
    const index_t n = y.count;
    constexpr index_t rows = 64;
    std::vector<double> sums(at((n + rows - 1) / rows));
    ctx_->pool().run(static_cast<index_t>(sums.size()), [&](index_t chunk, int) {
      double sum = 0;
      for (index_t i = chunk * rows; i < std::min(n, (chunk + 1) * rows); ++i)
        each(i, [&](index_t j, T value) {
          if (!(value > T(0))) return;
          const double p = static_cast<double>(value),
                       dx = static_cast<double>(y.x[at(i)]) - static_cast<double>(y.x[at(j)]);
          const double dy = static_cast<double>(y.y[at(i)]) - static_cast<double>(y.y[at(j)]);
          sum += p * math::log(p * (1 + dx * dx + dy * dy) * norm_);
        });
      sums[at(chunk)] = sum;
    });
    double total = 0;
    for (const double s : sums) total += s;
    return total;
  }

 private:
  template <class F>
  void each(index_t i, F f) const {
    if (!p_->dense.empty()) {
      for (index_t j = 0; j < p_->count; ++j) f(j, p_->dense[at(i * padded(p_->count) + j)]);
    } else {
      for (index_t e = p_->offsets[at(i)]; e < p_->offsets[at(i) + 1]; ++e) f(p_->ids[at(e)], p_->values[at(e)]);
    }
  }

  double repel_all(const map_points<T>& y) {
    constexpr index_t rows = 16;
    const index_t n = y.count, chunks = (n + rows - 1) / rows;
    totals_.assign(at(chunks), 0.0);
    ctx_->pool().run(chunks, [&](index_t chunk, int) {
      const index_t first = chunk * rows, count = std::min(rows, n - first);
      map_force<T>* const sums = repulsion_.data() + first;
      std::fill(sums, sums + count, map_force<T>{});
      kernels_.repel({y.x.data(), y.y.data(), ones_.data(), padded(n)}, count, y.x.data() + first, y.y.data() + first,
                     sums);
      double total = 0;
      for (index_t t = 0; t < count; ++t) total += static_cast<double>(sums[t].z);
      totals_[at(chunk)] = total;
    });
    double z = 0;
    for (const double t : totals_) z += t;
    return z;
  }

  map_force<T> attract(const map_points<T>& y, index_t i) const {
    map_force<T> f;
    const T x = y.x[at(i)], here = y.y[at(i)];
    if (!p_->dense.empty()) {
      const index_t stride = padded(p_->count);
      kernels_.attract({y.x.data(), y.y.data(), p_->dense.data() + i * stride, stride}, x, here, f);
      return f;
    }
    constexpr index_t capacity = 256;
    alignas(64) T near_x[capacity], near_y[capacity];
    for (index_t begin = p_->offsets[at(i)], end = p_->offsets[at(i) + 1]; begin < end; begin += capacity) {
      const index_t count = std::min(capacity, end - begin);
      const std::int32_t* const ids = p_->ids.data() + begin;
      for (index_t e = 0; e < count; ++e) {
        near_x[e] = y.x[static_cast<std::size_t>(ids[e])];
        near_y[e] = y.y[static_cast<std::size_t>(ids[e])];
      }
      kernels_.attract({near_x, near_y, p_->values.data() + begin, count}, x, here, f);
    }
    return f;
  }

  context<cpu>* ctx_;
  const affinities<T>* p_;
  tsne_method method_;
  double angle_;
  map_kernels<T> kernels_;
  quadtree<T> tree_;
  interpolation<T> grid_;
  std::vector<map_force<T>> attraction_, repulsion_;
  std::vector<T> ones_;
  std::vector<double> totals_;
  double norm_ = 0;
};

/// One number of a gradient descent with momentum and a gain of its own.
template <class T>
struct gained_step {
  T step = 0, gain = 1;
  T next(T gradient, T rate, T momentum) {
    gain = step * gradient < T(0) ? gain + T(0.2) : gain * T(0.8);
    if (gain < T(0.01)) gain = T(0.01);
    step = momentum * step - rate * gain * gradient;
    return step;
  }
};

/// Moves `y` down; returns the number of iterations. `forces` are those of the last places.
template <class T>
index_t descend(context<cpu>& ctx, const tsne& options, map_forces<T>& forces, map_points<T>& y, tsne_watch watch) {
  const index_t n = y.count;
  const double rate =
      options.rate > 0 ? options.rate : std::max(static_cast<double>(n) / options.early_exaggeration / 4, 50.0);
  constexpr index_t points = 4096;
  struct sums {
    double gradient, place;
  };
  std::vector<gained_step<T>> x_steps(at(n)), y_steps(at(n));
  std::vector<sums> parts(at((n + points - 1) / points));
  index_t done = 0;
  bool go_on = true;
  while (go_on && done < options.iterations) {
    const bool early = done < options.exaggerated_iterations;
    if (done == options.exaggerated_iterations) {
      x_steps.assign(at(n), {});
      y_steps.assign(at(n), {});
    }
    forces.compute(y);
    const double exaggeration = early ? options.early_exaggeration : 1.0;
    const T momentum = early ? T(0.5) : T(0.8), r = static_cast<T>(rate);
    ctx.pool().run(static_cast<index_t>(parts.size()), [&](index_t chunk, int) {
      sums s{0, 0};
      for (std::size_t i = at(chunk * points); i < at(std::min(n, (chunk + 1) * points)); ++i) {
        T gx, gy;
        forces.gradient(static_cast<index_t>(i), exaggeration, gx, gy);
        y.x[i] += x_steps[i].next(gx, r, momentum);
        y.y[i] += y_steps[i].next(gy, r, momentum);
        s.gradient +=
            static_cast<double>(gx) * static_cast<double>(gx) + static_cast<double>(gy) * static_cast<double>(gy);
        s.place += static_cast<double>(y.x[i]) * static_cast<double>(y.x[i]) +
                   static_cast<double>(y.y[i]) * static_cast<double>(y.y[i]);
      }
      parts[at(chunk)] = s;
    });
    double gradient = 0, place = 0;
    for (const sums& s : parts) {
      gradient += s.gradient;
      place += s.place;
    }
    ++done;
    expects<argument_error>(place < 1e30, "visual::tsne: with rate {} the map diverges in iteration {}", rate, done);
    const double norm = std::sqrt(gradient);
    if (!early && norm <= options.gradient_tolerance) go_on = false;
    if (watch.call != nullptr && (done % 50 == 0 || done == options.iterations || !go_on)) {
      forces.compute(y);
      if (!watch.call(watch.object, {done, options.iterations, forces.divergence(y), norm})) go_on = false;
    }
  }
  forces.compute(y);
  return done;
}

inline void check(const tsne& o, index_t n) {
  expects<argument_error>(n >= 4, "visual::tsne: {} rows, at least 4 are needed", n);
  expects<argument_error>(o.perplexity >= 1 && 3 * o.perplexity <= static_cast<double>(n - 1),
                          "visual::tsne: perplexity {}, but {} rows take 1 to {}", o.perplexity, n,
                          static_cast<double>(n - 1) / 3);
  expects<argument_error>(n < (index_t(1) << 30), "visual::tsne: expected fewer than 2^30 rows, got {}", n);
  expects<argument_error>(o.angle >= 0 && o.angle <= 1, "visual::tsne: expected angle in [0, 1], got {}", o.angle);
  expects<argument_error>(o.early_exaggeration >= 1 && o.early_exaggeration <= 1e6,
                          "visual::tsne: expected early_exaggeration in [1, 1e6], got {}", o.early_exaggeration);
  expects<argument_error>(o.exaggerated_iterations >= 0 && o.iterations >= 0,
                          "visual::tsne: {} iterations, of which {} exaggerated", o.iterations,
                          o.exaggerated_iterations);
  expects<argument_error>(o.rate >= 0 && o.rate <= 1e15, "visual::tsne: rate {}", o.rate);
}

template <class T>
void expect_finite(context<cpu>& ctx, const_matrix<T, cpu> x, const char* what) {
  const index_t r = op::first_non_finite_row<T>(ctx, x);
  if (r < 0) return;
  index_t c = 0;
  while (x(r, c) - x(r, c) == T(0)) ++c;
  expects<argument_error>(false, "visual::{}: row {}, column {} is not finite", what, r, c);
}

/// out := (x - means) scale
template <class T>
void centre(const_matrix<T, cpu> x, const std::vector<double>& means, double scale, T* out) {
  for (index_t r = 0; r < x.rows(); ++r)
    for (index_t c = 0; c < x.cols(); ++c)
      out[r * x.cols() + c] = static_cast<T>((static_cast<double>(x(r, c)) - means[at(c)]) * scale);
}

template <class T>
double square_distance(const T* a, const T* b, index_t d) {
  double sums[4] = {};  // independent chains
  index_t c = 0;
  for (; c + 4 <= d; c += 4)
    for (index_t k = 0; k < 4; ++k) {
      const double v = static_cast<double>(a[c + k]) - static_cast<double>(b[c + k]);
      sums[k] += v * v;
    }
  for (; c < d; ++c) {
    const double v = static_cast<double>(a[c]) - static_cast<double>(b[c]);
    sums[0] += v * v;
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

struct neighbours {
  matrix<index_t, cpu> ids;
  std::vector<double> distances;  // squared, in double
};

/// The k nearest of the gallery for each query, both m x d; the query itself left out where `same`.
template <class T>
neighbours nearest_rows(context<cpu>& ctx, const_matrix<T, cpu> queries, const_matrix<T, cpu> gallery, index_t k,
                        bool same) {
  vector<T, cpu> query_norms(ctx, queries.rows()), gallery_norms(ctx, gallery.rows());
  op::square_norms<T>(ctx, queries, query_norms.view());
  op::square_norms<T>(ctx, gallery, gallery_norms.view());
  std::vector<index_t> self;
  op::search_filter<cpu> filter;
  if (same) {
    for (index_t i = 0; i < queries.rows(); ++i) self.push_back(i);
    filter.excluded = {self.data(), queries.rows()};
  }
  op::hits<T, cpu> best = op::nearest<T, cpu>(ctx, {queries, query_norms.view()}, {gallery, gallery_norms.view()},
                                              op::scoring::negative_square_distance, k, filter);
  neighbours found{std::move(best.ids), std::vector<double>(at(queries.rows() * k))};
  const matrix_view<index_t, cpu> ids = found.ids.view();
  for (index_t i = 0; i < queries.rows(); ++i)  // no id: a distance that T cannot hold
    expects<argument_error>(k == 0 || ids(i, k - 1) >= 0, "visual::tsne: row {} is too far from others to be compared",
                            i);
  constexpr index_t rows = 64;
  ctx.pool().run((queries.rows() + rows - 1) / rows, [&](index_t chunk, int) {
    for (index_t i = chunk * rows; i < std::min(queries.rows(), (chunk + 1) * rows); ++i)
      for (index_t j = 0; j < k; ++j)
        found.distances[at(i * k + j)] =
            square_distance(queries.row(i).data(), gallery.row(ids(i, j)).data(), gallery.cols());
  });
  return found;
}

/// P of rows: all pairs, or the floor(3 perplexity + 1) nearest.
template <class T>
affinities<T> row_affinities(context<cpu>& ctx, const_matrix<T, cpu> rows, double perplexity, bool all) {
  const index_t n = rows.rows(), d = rows.cols();
  if (all)
    return dense_affinities<T>(ctx, n, perplexity, [&](index_t i, double* out) {
      for (index_t j = 0; j < n; ++j) out[j] = square_distance(rows.row(i).data(), rows.row(j).data(), d);
    });
  const index_t k = std::min(n - 1, static_cast<index_t>(3 * perplexity + 1));
  neighbours near = nearest_rows<T>(ctx, rows, rows, k, true);
  return sparse_affinities<T>(ctx, n, k, near.ids.data(), std::move(near.distances), perplexity);
}

/// Normal numbers with standard deviation 1e-4, each axis with a stream of its own.
template <class T>
void random_start(std::uint64_t seed, std::uint64_t axis, index_t n, T* out) {
  for (index_t i = 0; i < n; ++i)
    out[i] = static_cast<T>(1e-4 * random::normal(seed, axis, static_cast<std::uint64_t>(i)));
}

/// x is centred.
template <class T>
void principal_start(context<cpu>& ctx, const tsne& options, const_matrix<T, cpu> x, map_points<T>& y) {
  const index_t n = x.rows(), d = x.cols(), k = std::min<index_t>(2, d);
  const matrix<double, cpu> c = linalg::covariance(ctx, ctx, x, std::vector<double>(at(d), 0.0));
  vector<double, cpu> variances(ctx, k);
  matrix<double, cpu> axes(ctx, d, k);
  linalg::leading_eigen<double>(
      ctx, d,
      [&](matrix_view<const double, cpu> from, matrix_view<double, cpu> to) {
        ctx.gemm<double>(1.0, c.view(), transpose::no, from, transpose::no, 0.0, to);
      },
      variances.view(), axes.view());
  const vector_view<double, cpu> v = variances.view();
  expects<argument_error>(k > 0 && v(0) > 0, "visual::tsne: the {} rows do not vary; a random start is needed", n);
  double scale = 0;
  for (index_t axis = 0; axis < 2; ++axis) {
    T* const out = axis == 0 ? y.x.data() : y.y.data();
    if (axis >= k || v(axis) <= 1e-10 * v(0)) {
      random_start(options.seed, 1, n, out);
      continue;
    }
    std::vector<double> place(at(n));
    ctx.pool().run((n + 255) / 256, [&](index_t chunk, int) {
      for (index_t r = chunk * 256; r < std::min(n, (chunk + 1) * 256); ++r) {
        double sum = 0;
        for (index_t col = 0; col < d; ++col) sum += static_cast<double>(x(r, col)) * axes.view()(col, axis);
        place[at(r)] = sum;
      }
    });
    if (axis == 0) {
      double squares = 0;
      for (const double p : place) squares += p * p;
      scale = 1e-4 / std::sqrt(squares / static_cast<double>(n));
    }
    for (index_t r = 0; r < n; ++r) out[r] = static_cast<T>(place[at(r)] * scale);
  }
}

inline tsne_method chosen(tsne_method method, index_t n) {
  if (method != tsne_method::automatic) return method;
  return n <= 600 ? tsne_method::exact : n <= 200000 ? tsne_method::barnes_hut : tsne_method::interpolation;
}

/// Puts a given start into `y`, or tells that there is none.
template <class T>
bool given_start(context<cpu>& ctx, const_matrix<T, cpu> start, map_points<T>& y) {
  if (!start) return false;
  expects(start.rows() == y.count && start.cols() == 2, "visual::tsne: got a start of {} x {}, expected {} x 2",
          start.rows(), start.cols(), y.count);
  expect_finite<T>(ctx, start, "tsne: the start");
  for (index_t i = 0; i < y.count; ++i) {
    y.x[at(i)] = start(i, 0);
    y.y[at(i)] = start(i, 1);
  }
  return true;
}

/// The descent and what a map tells of it.
template <class T>
void finish(context<cpu>& ctx, const tsne& options, const affinities<T>& p, map_points<T>& y, tsne_watch watch,
            typename tsne_map<T>::parts& map) {
  const index_t n = y.count;
  map_forces<T> forces(ctx, p, map.method, options.angle);
  map.angle = options.angle;
  map.iterations = descend(ctx, options, forces, y, watch);
  map.kl_divergence = forces.divergence(y);
  double x_mean = 0, y_mean = 0;
  for (index_t i = 0; i < n; ++i) {
    x_mean += static_cast<double>(y.x[at(i)]) / static_cast<double>(n);
    y_mean += static_cast<double>(y.y[at(i)]) / static_cast<double>(n);
  }
  map.coordinates.resize(at(2 * n));
  for (index_t i = 0; i < n; ++i) {
    map.coordinates[at(2 * i)] = static_cast<T>(static_cast<double>(y.x[at(i)]) - x_mean);
    map.coordinates[at(2 * i + 1)] = static_cast<T>(static_cast<double>(y.y[at(i)]) - y_mean);
  }
}

template <Scalar T>
tsne_map<T> fit_rows(context<cpu>& ctx, const tsne& options, const_matrix<T, cpu> x, const_matrix<T, cpu> start,
                     tsne_watch watch) {
  const index_t n = x.rows(), d = x.cols();
  check(options, n);
  expect_finite<T>(ctx, x, "tsne");
  typename tsne_map<T>::parts map;
  map.method = chosen(options.method, n);
  map.columns = d;
  // t-SNE does not see where the origin lies, nor the unit: rows around 0, the largest number about 1, lose fewest
  // digits
  map.means = linalg::column_means(ctx, x);
  double largest = 0;
  for (index_t r = 0; r < n; ++r)
    for (index_t c = 0; c < d; ++c) {
      const double v = static_cast<double>(x(r, c)) - map.means[at(c)];
      largest = std::max(largest, v < 0 ? -v : v);
    }
  expects<argument_error>(largest < infinity<double>, "visual::tsne: the range of the rows overflows");
  if (largest > 0) map.scale = std::ldexp(1.0, std::max(-1000, -std::ilogb(largest)));
  map.rows.resize(at(n * d));
  centre<T>(x, map.means, map.scale, map.rows.data());
  const const_matrix<T, cpu> rows(map.rows.data(), n, d);
  map_points<T> y(n);
  if (!given_start(ctx, start, y)) {
    if (options.initialization == tsne_initialization::pca) {
      principal_start<T>(ctx, options, rows, y);
    } else {
      random_start(options.seed, 0, n, y.x.data());
      random_start(options.seed, 1, n, y.y.data());
    }
  }
  const affinities<T> p = row_affinities<T>(ctx, rows, options.perplexity, map.method == tsne_method::exact);
  finish(ctx, options, p, y, watch, map);
  return tsne_map<T>(std::move(map));
}

template <Scalar T>
tsne_map<T> fit_distances(context<cpu>& ctx, const tsne& options, const_matrix<T, cpu> distances,
                          const_matrix<T, cpu> start, tsne_watch watch) {
  const index_t n = distances.rows();
  check(options, n);
  expects(distances.cols() == n, "visual::tsne: expected a square of squared distances, got {} x {}", n,
          distances.cols());
  for (index_t i = 0; i < n; ++i)
    for (index_t j = 0; j < n; ++j)
      expects<argument_error>(i == j || (distances(i, j) >= T(0) && distances(i, j) < infinity<T>),
                              "visual::tsne: row {}, column {}: {} is no squared distance", i, j,
                              static_cast<double>(distances(i, j)));
  typename tsne_map<T>::parts map;
  map.method = chosen(options.method, n);
  map_points<T> y(n);
  if (!given_start(ctx, start, y)) {
    random_start(options.seed, 0, n, y.x.data());
    random_start(options.seed, 1, n, y.y.data());
  }
  affinities<T> p;
  if (map.method == tsne_method::exact) {
    p = dense_affinities<T>(ctx, n, options.perplexity, [&](index_t i, double* out) {
      for (index_t j = 0; j < n; ++j) out[j] = static_cast<double>(distances(i, j));
    });
  } else {
    const index_t k = std::min(n - 1, static_cast<index_t>(3 * options.perplexity + 1));
    std::vector<index_t> ids(at(n * k));
    std::vector<double> near(at(n * k));
    std::vector<std::pair<T, index_t>> row(at(n));
    for (index_t i = 0; i < n; ++i) {
      row.clear();
      for (index_t j = 0; j < n; ++j)
        if (j != i) row.push_back({distances(i, j), j});
      std::partial_sort(row.begin(), row.begin() + k, row.end());
      for (index_t j = 0; j < k; ++j) {
        near[at(i * k + j)] = static_cast<double>(row[at(j)].first);
        ids[at(i * k + j)] = row[at(j)].second;
      }
    }
    p = sparse_affinities<T>(ctx, n, k, ids.data(), std::move(near), options.perplexity);
  }
  finish(ctx, options, p, y, watch, map);
  return tsne_map<T>(std::move(map));
}

template <Scalar T>
matrix<T, cpu> transform_rows(context<cpu>& ctx, const typename tsne_map<T>::parts& map, const_matrix<T, cpu> x,
                              const tsne_transform& options) {
  const index_t n = static_cast<index_t>(map.coordinates.size() / 2), m = x.rows(), d = map.columns;
  expects<argument_error>(!map.rows.empty(), "visual::tsne_map::transform: a map made from distances has no rows");
  expects(x.cols() == d, "visual::tsne_map::transform: got rows of {} values, expected {}", x.cols(), d);
  expects<argument_error>(options.perplexity >= 1 && 3 * options.perplexity <= static_cast<double>(n),
                          "visual::tsne_map::transform: perplexity {}, but a map of {} rows takes 1 to {}",
                          options.perplexity, n, static_cast<double>(n) / 3);
  expects<argument_error>(
      options.exaggeration > 0 && options.iterations >= 0 && options.rate >= 0 && options.longest_gradient > 0,
      "visual::tsne_map::transform: exaggeration {}, {} iterations, rate {}, longest gradient {}", options.exaggeration,
      options.iterations, options.rate, options.longest_gradient);
  expect_finite<T>(ctx, x, "tsne_map::transform");
  matrix<T, cpu> out(ctx, m, 2);
  if (m == 0) return out;
  std::vector<T> fresh(at(m * d));
  centre<T>(x, map.means, map.scale, fresh.data());
  expect_finite<T>(ctx, {fresh.data(), m, d}, "tsne_map::transform: far outside the training rows");
  const index_t k = std::min(n, static_cast<index_t>(3 * options.perplexity + 1));
  const neighbours near = nearest_rows<T>(ctx, {fresh.data(), m, d}, {map.rows.data(), n, d}, k, false);
  map_points<T> old(n);
  for (index_t i = 0; i < n; ++i) {
    old.x[at(i)] = map.coordinates[at(2 * i)];
    old.y[at(i)] = map.coordinates[at(2 * i + 1)];
  }
  const map_kernels<T> kernels = kernels_of<T>(ctx.instructions());
  quadtree<T> tree;
  tree.build(old, map.method == tsne_method::exact ? 0.0 : map.method == tsne_method::barnes_hut ? map.angle : 0.5);
  ctx.pool().run(m, [&](index_t i, int) {
    const index_t stride = padded(k);
    std::vector<double> further(near.distances.begin() + i * k, near.distances.begin() + (i + 1) * k), p(at(stride));
    further.resize(at(stride));
    std::vector<T> near_x(at(stride)), near_y(at(stride)), weight(at(stride));
    conditional(kernels, further.data(), k, options.perplexity, p.data());
    double x_mean = 0, y_mean = 0;
    for (index_t j = 0; j < k; ++j) {
      const std::size_t id = at(near.ids.view()(i, j));
      near_x[at(j)] = old.x[id];
      near_y[at(j)] = old.y[id];
      weight[at(j)] = static_cast<T>(p[at(j)]);
      x_mean += p[at(j)] * static_cast<double>(old.x[id]);
      y_mean += p[at(j)] * static_cast<double>(old.y[id]);
    }
    T here_x = static_cast<T>(x_mean), here_y = static_cast<T>(y_mean);
    gained_step<T> x_step, y_step;
    for (index_t iteration = 0; iteration < options.iterations; ++iteration) {
      map_force<T> pull;
      kernels.attract({near_x.data(), near_y.data(), weight.data(), stride}, here_x, here_y, pull);
      const map_force<T> push = tree.repel(kernels, here_x, here_y);
      T gx = static_cast<T>(2 * options.exaggeration) * pull.x - T(2) * push.x / push.z;
      T gy = static_cast<T>(2 * options.exaggeration) * pull.y - T(2) * push.y / push.z;
      const T length = math::sqrt(gx * gx + gy * gy), longest = static_cast<T>(options.longest_gradient);
      if (length > longest) {
        gx *= longest / length;
        gy *= longest / length;
      }
      here_x += x_step.next(gx, static_cast<T>(options.rate), T(0.8));
      here_y += y_step.next(gy, static_cast<T>(options.rate), T(0.8));
    }
    out.view()(i, 0) = here_x;
    out.view()(i, 1) = here_y;
  });
  return out;
}

}  // namespace kindred::visual::detail
