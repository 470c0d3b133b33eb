// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <kindred/linalg/covariance.hpp>
#include <kindred/linalg/joint_moments.hpp>
#include <span>
#include <utility>

namespace kindred::linalg {

/// Returns what messages call view `i` of `count`: "first", "second", ...; "only" for one.
inline const char* view_name(index_t i, index_t count) {
  constexpr const char* names[] = {"first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"};
  return count == 1 ? "only" : i < 8 ? names[i] : "a later";
}

/// Throws argument_error where a view holds NaN or infinity, and names the first by row and column.
///
/// means  of the columns of x: the view is read only where one of them is not finite
template <class T, Device D>
void expect_finite_view(context<D>& ctx, matrix_view<const T, D> x, const std::vector<double>& means, const char* who,
                        const char* view) {
  bool finite = true;
  for (const double m : means) finite = finite && std::isfinite(m);
  if (finite) return;
  const auto host = to_host(ctx, x);
  for (index_t i = 0; i < x.size(); ++i) {
    const double v = static_cast<double>(host[static_cast<std::size_t>(i)]);
    expects<argument_error>(std::isfinite(v), "{}: {} view, row {}, column {} is {}", who, view, i / x.cols(),
                            i % x.cols(), v);
  }
  expects<argument_error>(false, "{}: {} view, the sum of a column exceeds the range of double", who, view);
}

namespace detail {

template <class T, class D>
struct copy_at {
  matrix_view<const T, D> from;
  matrix_view<T, D> to;
  KINDRED_HD void operator()(index_t r, index_t c) const { to(r, c) = from(r, c); }
};

/// On and below the diagonal: `into` += `from` + weight d d'
template <class D>
struct add_scatter_at {
  matrix_view<double, D> into;
  matrix_view<const double, D> from;
  vector_view<const double, D> d;
  double weight;
  KINDRED_HD void operator()(index_t i, index_t j) const {
    if (j <= i) into(i, j) += from(i, j) + weight * (d(i) * d(j));
  }
};

}  // namespace detail

/// Means and covariances of one or several views of the same rows, from batches that never stand in memory together.
///
/// c = sum over r of (x_r - mean) (x_r - mean)' / (n - 1),  x_r all columns of all views of row r
///
/// Every row has a number: the first one is `first_row`, each further row the next. Rows are summed up in blocks whose
/// place follows from these numbers alone (block b holds rows [4096 b, 4096 (b + 1))), each around its own means, and
/// blocks are put together in pairs, pairs of pairs and so on by their numbers. Rows of blocks that are not complete
/// are kept as they are. So batches of any sizes, and accumulators of any stretches of rows that are merged in any
/// order, give the same bytes; numbers far from 0 and rows sorted by size lose no digits.
///
///   linalg::covariance_accumulator<float, cpu> sums({128, 10});
///   while (next_batch(images, texts)) sums.add(ctx, images, texts);
///   const auto cca = projection::cca{}.fit(ctx, sums);
///
/// T, D  number type and device of the rows
///
/// Complexity   n p^2 operations for p columns in all, on the device, in double; memory p^2 numbers for each doubling
///              of the blocks (twice that while results are made), 1024 p of scratch and up to 8192 rows.
/// Determinism  see above; on cpu the same bytes for any number of threads.
/// Reference    Chan, Golub and LeVeque 1983.
template <Scalar T, Device D>
class covariance_accumulator {
 public:
  using value_type = T;
  using device = D;
  using view_type = matrix_view<const T, D>;
  /// Rows of one block.
  static constexpr index_t block_rows = 4096;

  /// `columns` of each view; `first_row` is the number of the first row that will be added, 0 unless stretches of rows
  /// are summed up separately and merged.
  /// Errors  shape_error without views or for a view without columns; argument_error for a negative first_row.
  explicit covariance_accumulator(std::vector<index_t> columns, index_t first_row = 0)
      : begins_(columns.size() + 1, 0), first_row_(first_row) {
    constexpr const char* who = "linalg::covariance_accumulator";
    expects(!columns.empty(), "{}: no views", who);
    expects<argument_error>(first_row >= 0, "{}: first row {}", who, first_row);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      expects(columns[i] >= 1, "{}: {} view has no columns", who,
              view_name(static_cast<index_t>(i), static_cast<index_t>(columns.size())));
      begins_[i + 1] = begins_[i] + columns[i];
    }
  }

  index_t views() const { return static_cast<index_t>(begins_.size()) - 1; }
  index_t columns(index_t view) const {
    return begins_[static_cast<std::size_t>(view) + 1] - begins_[static_cast<std::size_t>(view)];
  }
  /// How many rows were added, and the number of the first one.
  index_t rows() const { return rows_; }
  index_t first_row() const { return first_row_; }

  /// Adds the next rows, one matrix for each view; none is fine. Messages start with `who`.
  ///
  /// Errors  shape_error when the numbers of views, rows or columns do not fit; argument_error for NaN or infinity
  ///         (view, row of the batch and column are named). Nothing was added then.
  void add(context<D>& ctx, std::span<const view_type> batch, const char* who = "linalg::covariance_accumulator::add") {
    expects(static_cast<index_t>(batch.size()) == views(), "{}: got {} views, expected {}", who, batch.size(), views());
    for (index_t i = 0; i < views(); ++i) {
      const view_type& x = batch[static_cast<std::size_t>(i)];
      const char* const name = view_name(i, views());
      expects(x.cols() == columns(i), "{}: {} view has {} columns, expected {}", who, name, x.cols(), columns(i));
      expects(x.rows() == batch[0].rows(), "{}: {} rows in the first view, {} in the {} view", who, batch[0].rows(),
              x.rows(), name);
      if (x.rows() > 0) expect_finite_view(ctx, x, column_means(ctx, x), who, name);
    }
    take(ctx, batch);
  }
  template <MatrixArgument<D>... Views>
  requires(std::is_same_v<typename Views::value_type, T> && ...) && (sizeof...(Views) > 0)
  void add(context<D>& ctx, const Views&... batch) {
    const std::array<view_type, sizeof...(Views)> all{as_const(batch)...};
    add(ctx, std::span<const view_type>(all));
  }

  /// Takes over the rows of another accumulator, which come right after or right before these; it is used up.
  ///
  /// Errors  shape_error when columns differ; argument_error when the two are not neighbours.
  void merge(context<D>& ctx, covariance_accumulator other) {
    expects(begins_ == other.begins_, "linalg::covariance_accumulator::merge: {} views of {} columns and {} of {}",
            views(), begins_.back(), other.views(), other.begins_.back());
    if (other.first_row_ + other.rows_ == first_row_ && other.rows_ > 0) std::swap(*this, other);
    expects<argument_error>(
        first_row_ + rows_ == other.first_row_ || other.rows_ == 0,
        "linalg::covariance_accumulator::merge: rows from {} on do not follow row {}, the last of {}", other.first_row_,
        first_row_ + rows_ - 1, rows_);
    take(ctx, other.head_.all());
    for (auto& n : other.nodes_) {
      rows_ += n.rows;
      push(ctx, std::move(n));
    }
    take(ctx, other.tail_.all());
  }

  /// The moments of all rows so far; more can be added afterwards. Errors: shape_error with fewer than two rows.
  joint_moments moments(context<cpu>& host, context<D>& ctx) const {
    expects(rows_ >= 2, "linalg::covariance_accumulator: {} view has {} rows, 2 are needed", view_name(0, views()),
            rows_);
    const index_t p = begins_.back();
    const std::vector<double> zeros(static_cast<std::size_t>(p), 0);
    node sum{0, 0, 0, zeros, zeros, matrix<double, D>(ctx, p, p)};
    if (head_.rows > 0) add_to(ctx, sum, summed(ctx, head_.all(), 0));
    for (const node& n : nodes_) add_to(ctx, sum, n);
    if (tail_.rows > 0) add_to(ctx, sum, summed(ctx, tail_.all(), 0));
    matrix<double, cpu> c(host, p, p, sum.scatter.to_host());
    const double divisor = static_cast<double>(rows_ - 1);
    const matrix_view<double, cpu> v = c.view();
    host.for_each_row(p, p, [v, divisor](const auto&, index_t i) {
      for (index_t j = 0; j <= i; ++j) v(i, j) /= divisor;
    });
    host.for_each_row(p, p, [v](const auto&, index_t i) {
      for (index_t j = i + 1; j < v.cols(); ++j) v(i, j) = v(j, i);
    });
    return {rows_, begins_, std::move(sum.means), std::move(c)};
  }

 private:
  static index_t smaller(index_t a, index_t b) { return a < b ? a : b; }
  /// Blocks [first, first + blocks); both are multiples of the same power of two, `blocks` is that power.
  struct node {
    index_t first, blocks, rows;
    std::vector<double> means, below;  // the means to twice the digits: what lies below the last one of `means`
    matrix<double, D> scatter;         // on and below the diagonal
  };
  /// Rows of a block that is not complete.
  struct open_block {
    std::vector<matrix<T, D>> views{};
    index_t rows = 0;

    std::vector<view_type> all() const {
      std::vector<view_type> v;
      for (const auto& m : views) v.push_back(m.view().middle_rows(0, rows));
      return v;
    }
    void append(context<D>& ctx, const std::vector<view_type>& more) {
      const index_t count = more[0].rows(), room = views.empty() ? 0 : views[0].rows();
      if (rows + count > room) {
        const index_t wanted = smaller(block_rows, rows + count > 2 * room ? rows + count : 2 * room);
        std::vector<matrix<T, D>> larger;
        for (const view_type& v : more) larger.emplace_back(ctx, wanted, v.cols(), uninitialized);
        const auto old = all();
        for (std::size_t i = 0; i < old.size(); ++i)
          ctx.for_each(rows, old[i].cols(), detail::copy_at<T, D>{old[i], larger[i].view()});
        ctx.synchronize();
        views = std::move(larger);
      }
      for (std::size_t i = 0; i < more.size(); ++i)
        ctx.for_each(count, more[i].cols(), detail::copy_at<T, D>{more[i], views[i].view().middle_rows(rows, count)});
      ctx.synchronize();  // the batch may go
      rows += count;
    }
  };

  void take(context<D>& ctx, std::span<const view_type> batch) {
    const index_t n = batch.empty() ? 0 : batch[0].rows();
    for (index_t begin = 0; begin < n;) {
      const index_t at = first_row_ + rows_, here = smaller(n - begin, block_rows - at % block_rows);
      std::vector<view_type> part;
      for (const view_type& v : batch) part.push_back(v.middle_rows(begin, here));
      if (first_row_ % block_rows != 0 && at / block_rows == first_row_ / block_rows) {
        head_.append(ctx, part);
      } else if (here == block_rows) {
        push(ctx, summed(ctx, part, at / block_rows));
      } else {
        tail_.append(ctx, part);
        if (tail_.rows == block_rows) {
          push(ctx, summed(ctx, tail_.all(), at / block_rows));
          tail_.rows = 0;
        }
      }
      rows_ += here;
      begin += here;
    }
  }

  /// Up to one block of rows around their means.
  node summed(context<D>& ctx, const std::vector<view_type>& batch, index_t number) const {
    const index_t n = batch[0].rows(), p = begins_.back();
    node out{number, 1, n, {}, std::vector<double>(static_cast<std::size_t>(p), 0), matrix<double, D>(ctx, p, p)};
    for (const view_type& x : batch)
      for (const double m : column_means(ctx, x)) out.means.push_back(m);
    const vector<double, D> origins(ctx, out.means);
    const index_t chunk = smaller(n, detail::covariance_rows);
    const scratch_scope scope(ctx);
    const matrix_view<double, D> centred = scratch_matrix<double>(ctx, chunk, p);
    for (index_t r = 0; r < n; r += chunk) {
      const index_t here = smaller(chunk, n - r);
      for (std::size_t i = 0; i < batch.size(); ++i) {
        const index_t width = batch[i].cols();
        ctx.for_each(here, width,
                     detail::centre_at<T, D>{batch[i].middle_rows(r, here), origins.view().segment(begins_[i], width),
                                             centred.middle_cols(begins_[i], width)});
      }
      detail::add_product<D>(ctx, centred.middle_rows(0, here), centred.middle_rows(0, here), true, r == 0 ? 0.0 : 1.0,
                             out.scatter.view());
      const auto left = column_means(ctx, centred.middle_rows(0, here));
      for (std::size_t c = 0; c < left.size(); ++c)
        out.below[c] += left[c] * (static_cast<double>(here) / static_cast<double>(n));
    }
    return out;
  }

  static void add_to(context<D>& ctx, node& a, const node& b) {
    const double total = static_cast<double>(a.rows + b.rows), share = static_cast<double>(b.rows) / total;
    std::vector<double> difference(a.means.size());
    for (std::size_t i = 0; i < difference.size(); ++i) {
      if (a.rows == 0) {
        a.means[i] = b.means[i];
        a.below[i] = b.below[i];
      } else {
        difference[i] = (b.means[i] - a.means[i]) + (b.below[i] - a.below[i]);
        const double step = a.below[i] + difference[i] * share, mean = a.means[i] + step;
        a.below[i] = step - (mean - a.means[i]);
        a.means[i] = mean;
      }
    }
    const vector<double, D> d(ctx, difference);
    ctx.for_each(
        a.scatter.rows(), a.scatter.cols(),
        detail::add_scatter_at<D>{a.scatter.view(), b.scatter.view(), d.view(), static_cast<double>(a.rows) * share});
    ctx.synchronize();  // `difference` and `b` may go
    a.rows += b.rows;
    a.blocks += b.blocks;
  }

  /// The next blocks; twins become one.
  void push(context<D>& ctx, node next) {
    nodes_.push_back(std::move(next));
    while (nodes_.size() > 1) {
      node &a = nodes_[nodes_.size() - 2], &b = nodes_.back();
      if (a.blocks != b.blocks || a.first / a.blocks % 2 != 0) return;
      add_to(ctx, a, b);
      nodes_.pop_back();
    }
  }

  std::vector<index_t> begins_;
  index_t first_row_, rows_ = 0;
  open_block head_{};  // of the block that the first row cuts
  std::vector<node> nodes_;
  open_block tail_{};
};

}  // namespace kindred::linalg
