// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/core/math.hpp>
#include <kindred/core/option.hpp>
#include <kindred/core/scratch.hpp>
#include <kindred/layer/concept.hpp>
#include <kindred/op/column_blocks.hpp>
#include <kindred/op/fill.hpp>
#include <kindred/op/reduce.hpp>

namespace kindred::layer {

namespace detail {

/// Rows that one lane adds up before the sums of chunks are combined.
inline constexpr index_t column_chunk = 256;

/// Mean of a chunk of rows and their squared distances from it, so that a common offset of a column costs no digits.
template <class T, class D>
struct chunk_moments_row {
  matrix_view<const T, D> x;
  matrix_view<T, D> means, squares;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t chunk) const {
    const index_t begin = chunk * column_chunk, end = begin + column_chunk < x.rows() ? begin + column_chunk : x.rows();
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      T mean[std::size_t(count)], square[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) mean[j] = square[j] = T(0);
      for (index_t r = begin; r < end; ++r) {
        const T* const row = &x(r, first);
        for (index_t j = 0; j < count; ++j) mean[j] += row[j];
      }
      for (index_t j = 0; j < count; ++j) mean[j] /= static_cast<T>(end - begin);
      for (index_t r = begin; r < end; ++r) {
        const T* const row = &x(r, first);
        for (index_t j = 0; j < count; ++j) square[j] += (row[j] - mean[j]) * (row[j] - mean[j]);
      }
      for (index_t j = 0; j < count; ++j) {
        means(chunk, first + j) = mean[j];
        squares(chunk, first + j) = square[j];
      }
    });
  }
};

/// Joins the chunks of a column (Chan et al.) and moves the running statistics.
template <class T, class D>
struct column_statistics_at {
  matrix_view<const T, D> means, squares;
  index_t rows;
  T epsilon, momentum;
  vector_view<T, D> mean, inverse, running_mean, running_variance;
  KINDRED_HD void operator()(index_t c) const {
    T center = 0, square = 0, count = 0;
    for (index_t chunk = 0; chunk < means.rows(); ++chunk) {
      const index_t left = rows - chunk * column_chunk;
      const T more = static_cast<T>(left < column_chunk ? left : column_chunk), all = count + more;
      const T away = means(chunk, c) - center;
      center += away * (more / all);
      square += squares(chunk, c) + away * away * (count * more / all);
      count = all;
    }
    mean(c) = center;
    inverse(c) = T(1) / math::sqrt(square / count + epsilon);
    running_mean(c) += momentum * (center - running_mean(c));
    // one row says nothing about a variance
    if (rows > 1) running_variance(c) += momentum * (square / (count - T(1)) - running_variance(c));
  }
};

template <class T, class D>
struct running_statistics_at {
  vector_view<const T, D> running_mean, running_variance;
  T epsilon;
  vector_view<T, D> mean, inverse;
  KINDRED_HD void operator()(index_t c) const {
    mean(c) = running_mean(c);
    inverse(c) = T(1) / math::sqrt(running_variance(c) + epsilon);
  }
};

/// What a column is multiplied with.
template <class T, class D>
struct column_factor_at {
  vector_view<const T, D> inverse, weight;
  vector_view<T, D> factor;
  KINDRED_HD void operator()(index_t c) const { factor(c) = weight(c) * inverse(c); }
};

template <class T, class D>
struct scale_columns_row {
  matrix_view<const T, D> x;
  vector_view<const T, D> mean, factor, bias;
  matrix_view<T, D> y;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      const T *const from = &x(r, first), *const m = &mean(first), *const f = &factor(first), *const b = &bias(first);
      T value[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) value[j] = (from[j] - m[j]) * f[j] + b[j];
      T* const to = &y(r, first);
      for (index_t j = 0; j < count; ++j) to[j] = value[j];
    });
  }
};

/// Sums over a chunk of rows of dy and of dy times the normalized x.
template <class T, class D>
struct chunk_gradients_row {
  matrix_view<const T, D> x, dy;
  vector_view<const T, D> mean, inverse;
  matrix_view<T, D> plain, weighted;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t chunk) const {
    const index_t begin = chunk * column_chunk, end = begin + column_chunk < x.rows() ? begin + column_chunk : x.rows();
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      T center[std::size_t(count)], p[std::size_t(count)], w[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) {
        center[j] = mean(first + j);
        p[j] = w[j] = T(0);
      }
      for (index_t r = begin; r < end; ++r) {
        const T *const row = &x(r, first), *const up = &dy(r, first);
        for (index_t j = 0; j < count; ++j) {
          p[j] += up[j];
          w[j] += up[j] * (row[j] - center[j]);
        }
      }
      for (index_t j = 0; j < count; ++j) {
        plain(chunk, first + j) = p[j];
        weighted(chunk, first + j) = w[j] * inverse(first + j);
      }
    });
  }
};

/// Joins the chunks; what dx takes from a row: dx = (dy - shift - (x - mean) * tilt) * factor.
template <class T, class D>
struct column_gradients_at {
  matrix_view<const T, D> plain, weighted;
  vector_view<const T, D> weight, inverse;
  index_t rows;
  bool statistics;  // mean and variance are functions of x
  vector_view<T, D> dweight, dbias, factor, shift, tilt;
  KINDRED_HD void operator()(index_t c) const {
    T p = 0, w = 0;
    for (index_t chunk = 0; chunk < plain.rows(); ++chunk) {
      p += plain(chunk, c);
      w += weighted(chunk, c);
    }
    if (dweight) {
      dweight(c) += w;
      dbias(c) += p;
    }
    factor(c) = weight(c) * inverse(c);
    shift(c) = statistics ? p / static_cast<T>(rows) : T(0);
    tilt(c) = statistics ? w * inverse(c) / static_cast<T>(rows) : T(0);
  }
};

template <class T, class D>
struct batch_norm_backward_row {
  matrix_view<const T, D> x, dy;
  vector_view<const T, D> mean, factor, shift, tilt;
  matrix_view<T, D> dx;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    op::for_each_block<op::columns_at_once<D>>(g, x.cols(), [&](index_t first, auto width) {
      constexpr index_t count = decltype(width)::value;
      const T *const from = &x(r, first), *const up = &dy(r, first);
      const T *const m = &mean(first), *const f = &factor(first), *const s = &shift(first), *const t = &tilt(first);
      T value[std::size_t(count)];
      for (index_t j = 0; j < count; ++j) value[j] = (up[j] - s[j] - (from[j] - m[j]) * t[j]) * f[j];
      T* const to = &dx(r, first);
      for (index_t j = 0; j < count; ++j) to[j] = value[j];
    });
  }
};

}  // namespace detail

/// Constants of batch_norm.
struct batch_norm_options {
  double epsilon = 1e-5;  ///< added to the variance
  double momentum = 0.1;  ///< share of a batch in the running statistics

  friend constexpr bool operator==(const batch_norm_options&, const batch_norm_options&) = default;
};

/// Batch normalization: every column to mean 0 and variance 1 over all rows of the batch, then scaled and shifted. Over
/// pictures, rows are the pixels of all pictures.
///
/// y(r, c) = (x(r, c) - mean(c)) / sqrt(variance(c) + epsilon) weight(c) + bias(c)
/// train   mean and variance (divided by the number of rows) of this batch; the running statistics become
///         (1 - momentum) running + momentum of this batch, the variance divided by the number of rows - 1
/// infer   the running statistics, which do not change
///
/// weight, bias                     one per column, first 1 and 0
/// running_mean, running_variance   buffers, one per column, first 0 and 1
/// cache                            2 numbers per column
///
/// One row     train gives y = bias and dx = 0, and leaves the running variance as it is (PyTorch refuses such a
///             batch).
/// No rows     nothing changes. NaN in a column makes all of that column NaN, running statistics too.
/// Complexity  O(elements): x is read twice forward, x and dy twice backward.
/// Determinism chunks of 256 rows, then the chunks in order: the same bits for any number of threads.
/// Range       values whose squares overflow (about 1e19 and more in float) have an infinite variance, and so have the
///             running statistics; trainers refuse such a step.
/// Errors      shape_error in output() for other columns; argument_error for an epsilon that is negative or not finite
///             and a momentum outside [0, 1].
/// Reference   Ioffe and Szegedy 2015; statistics as in PyTorch.
struct batch_norm : weighted<batch_norm> {
  index_t features;  ///< columns of x
  batch_norm_options options;

  explicit batch_norm(index_t columns, batch_norm_options how = {}) : features(columns), options(how) {
    expect_not_negative<float>("layer::batch_norm", "epsilon", options.epsilon);
    expect_within("layer::batch_norm", "momentum", options.momentum, 0, 1);
  }

  template <class T, class D>
  struct parts {
    vector_view<T, D> weight, bias;
  };
  torch_tensor torch(const std::string& name, index_t, index_t cols) const {
    return {name == "running_variance" ? "running_var" : name, {cols}};
  }
  template <class T, class D, class Visit>
  parts<T, D> pieces(carver<T, D, Visit>& c) const {
    const auto weight = c.vector("weight", features);
    return {weight, c.vector("bias", features)};
  }
  template <class T, class D>
  struct statistics {
    vector_view<T, D> mean, variance;
  };
  template <class T, class D, class Visit>
  statistics<T, D> buffer_pieces(carver<T, D, Visit>& c) const {
    const auto mean = c.vector("running_mean", features);
    return {mean, c.vector("running_variance", features)};
  }
  std::string description() const {
    const std::string text = "batch_norm(" + std::to_string(features);
    if (options == batch_norm_options{}) return text + ")";
    return text + ", epsilon " + shown(options.epsilon) + ", momentum " + shown(options.momentum) + ")";
  }

  shape output(const shape& x) const {
    expects(x.cols == features, "layer::batch_norm: expected rows of {} values, got {}", features, x.cols);
    return x;
  }
  index_t cache_size(const shape&) const { return checked_product(2, features); }

  template <class T, Device D>
  void initialize(context<D>& ctx, vector_view<T, D> weights, vector_view<T, D> buffers, std::uint64_t) const {
    const auto fill = [&](vector_view<T, D> v, T value) { op::fill(ctx, as_matrix(v, 1, v.size()), value); };
    const auto w = this->split(weights);
    const auto b = this->split_buffers(buffers);
    fill(w.weight, T(1));
    fill(w.bias, T(0));
    fill(b.mean, T(0));
    fill(b.variance, T(1));
  }

  template <class T, Device D>
  void forward(context<D>& ctx, const forward_pass<T, D>& pass) const {
    const matrix_view<const T, D> x = pass.x.values;
    const auto mean = pass.cache.segment(0, features), inverse = pass.cache.segment(features, features);
    const auto w = this->split(pass.weights);
    const auto b = this->split_buffers(pass.buffers);
    const T epsilon = static_cast<T>(options.epsilon);
    const scratch_scope scope(ctx);
    if (pass.mode == mode::infer) {
      ctx.for_each(features, detail::running_statistics_at<T, D>{b.mean, b.variance, epsilon, mean, inverse});
    } else {
      if (x.rows() == 0) return;
      const auto means = chunks<T>(ctx, x.rows()), squares = chunks<T>(ctx, x.rows());
      ctx.for_each_row(means.rows(), detail::column_chunk * features,
                       detail::chunk_moments_row<T, D>{x, means, squares});
      ctx.for_each(features, detail::column_statistics_at<T, D>{means, squares, x.rows(), epsilon,
                                                                static_cast<T>(options.momentum), mean, inverse, b.mean,
                                                                b.variance});
    }
    const auto factor = scratch_vector<T>(ctx, features);
    ctx.for_each(features, detail::column_factor_at<T, D>{inverse, w.weight, factor});
    ctx.for_each_row(x.rows(), features, detail::scale_columns_row<T, D>{x, mean, factor, w.bias, pass.y.values});
  }

  template <class T, Device D>
  void backward(context<D>& ctx, const backward_pass<T, D>& pass) const {
    const matrix_view<const T, D> x = pass.x.values, dy = pass.dy.values;
    if (x.rows() == 0) return;
    const auto mean = pass.cache.segment(0, features), inverse = pass.cache.segment(features, features);
    const auto w = this->split(pass.weights);
    const auto dw = this->split(pass.dweights);
    const scratch_scope scope(ctx);
    const auto plain = chunks<T>(ctx, x.rows()), products = chunks<T>(ctx, x.rows());
    const auto factor = scratch_vector<T>(ctx, features), shift = scratch_vector<T>(ctx, features),
               tilt = scratch_vector<T>(ctx, features);
    ctx.for_each_row(plain.rows(), detail::column_chunk * features,
                     detail::chunk_gradients_row<T, D>{x, dy, mean, inverse, plain, products});
    ctx.for_each(features,
                 detail::column_gradients_at<T, D>{plain, products, w.weight, inverse, x.rows(),
                                                   pass.mode == mode::train, dw.weight, dw.bias, factor, shift, tilt});
    if (pass.dx)
      ctx.for_each_row(x.rows(), features,
                       detail::batch_norm_backward_row<T, D>{x, dy, mean, factor, shift, tilt, pass.dx.values});
  }

 private:
  template <class T, Device D>
  matrix_view<T, D> chunks(context<D>& ctx, index_t rows) const {
    return scratch_matrix<T>(ctx, (rows + detail::column_chunk - 1) / detail::column_chunk, features);
  }
};

static_assert(Layer<batch_norm>);

}  // namespace kindred::layer
