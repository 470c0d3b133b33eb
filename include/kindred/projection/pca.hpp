// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/linear_map.hpp>

namespace kindred::projection {

/// One linear map with the variance that each of its coordinates holds: what pca gives. Its first() and second() are
/// the same, so it is a Projection where both views are of one kind.
template <class T, Device D>
class pca_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when there is not one variance per dimension.
  pca_projection(linear_map<T, D> map, std::vector<double> variances, double total_variance, index_t rank)
      : map_(std::move(map)), variances_(std::move(variances)), total_variance_(total_variance), rank_(rank) {
    expects(static_cast<index_t>(variances_.size()) == map_.dimensions(),
            "pca_projection: {} variances for {} dimensions", variances_.size(), map_.dimensions());
  }

  /// Never more than the effective rank, whatever was asked for.
  index_t dimensions() const { return map_.dimensions(); }
  /// Variance of the training rows along each dimension (divisor n - 1), descending.
  const std::vector<double>& variances() const { return variances_; }
  /// The sum over all directions, kept or not.
  double total_variance() const { return total_variance_; }
  /// Directions of the training rows that were told from noise.
  index_t rank() const { return rank_; }
  const linear_map<T, D>& map() const { return map_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { map_.apply(ctx, x, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> x) const { return map_.apply(ctx, x); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    map_.save(file, prefix + "map.");
    file.add(prefix + "variances", variances_);
    file.add(prefix + "total_variance", std::vector<double>{total_variance_});
    file.add(prefix + "rank", std::vector<index_t>{rank_});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static pca_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto map = linear_map<T, D>::load(ctx, file, prefix + "map.");
    auto variances = io::stored_list<double>(ctx, file, prefix + "variances", map.dimensions());
    const auto total = io::stored_list<double>(ctx, file, prefix + "total_variance", 1);
    const auto rank = io::stored_list<index_t>(ctx, file, prefix + "rank", 1);
    io::in_range(file, prefix + "rank", rank[0], map.dimensions(), map.columns());
    return {std::move(map), std::move(variances), total[0], rank[0]};
  }
  template <class File = io::safetensors>
  static pca_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "pca_projection 1";
  linear_map<T, D> map_;
  std::vector<double> variances_;
  double total_variance_;
  index_t rank_;
};

/// Principal component analysis of one view: the orthonormal directions along which it varies most.
///
/// C_xx = W diag(variances) W',  out = (x - mean) W_k  (divided by the square roots of the variances to whiten)
///
/// Directions whose variance is at most 1e-10 of the largest one are noise and left out. With fewer rows than columns
/// the problem is solved in the space of the rows.
///
/// Complexity   n p^2 operations on the device, then O(p^3) on the host; n^2 p and n^3 with fewer rows than columns.
/// Determinism  the same bytes for any number of threads; of each direction the entry of largest magnitude is positive.
/// Errors       shape_error for fewer than two rows or no columns; argument_error for NaN or infinity (row and column
///              are named), rows that do not vary, negative dimensions.
/// Reference    Pearson 1901, Hotelling 1933.
struct pca {
  index_t dimensions = 0;    ///< at most; 0: as many as the effective rank
  bool standardize = false;  ///< give every column unit variance first
  bool whiten = false;       ///< give every coordinate unit variance over the training rows

  /// x: n x p.
  template <class X, Device D>
  pca_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D>, "pca::fit takes a matrix on the device of its context");
    detail::expect_pairs(x.rows(), x.rows(), dimensions, who);
    detail::host_of<D> host(ctx);
    const matrix_view<const T, D> views[] = {x.view()};
    return made<T>(ctx, host, detail::training_of<T, D>(host, ctx, views, standardize ? 1 : 0, who));
  }

  /// From moments of one view; the same bytes as from the rows, where there are at least as many as columns.
  template <Scalar T, Device D>
  pca_projection<T, D> fit(context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums) const {
    detail::expect_pairs(0, 0, dimensions, who);
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of(host, ctx, sums, 1, standardize ? 1 : 0, who));
  }

 private:
  static constexpr const char* who = "projection::pca::fit";

  template <class T, Device D>
  pca_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    detail::directions found = detail::directions_of(host, set, 0, who);
    const index_t rank = found.basis.cols(), k = dimensions > 0 && dimensions < rank ? dimensions : rank;
    found.basis = detail::lifted(host, set, 0, std::move(found.basis));
    detail::unscale(found.basis, set.views[0]);
    const double total = found.mean_variance * static_cast<double>(found.basis.rows());
    detail::directions kept = detail::leading_directions(host, found, k, whiten);
    return {linear_map<T, D>(ctx, set.views[0].means, kept.basis.to_host(), k), std::move(kept.variances), total, rank};
  }
};

}  // namespace kindred::projection
