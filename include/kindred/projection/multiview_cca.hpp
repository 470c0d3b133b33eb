// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/projection/concept.hpp>
#include <kindred/projection/detail/training.hpp>
#include <kindred/projection/label_similarity.hpp>
#include <kindred/projection/linear_map.hpp>
#include <kindred/projection/ridge.hpp>
#include <string>

namespace kindred::projection {

/// One linear map into a common space for each of several views: what multiview_cca gives. Views are numbered from 0.
/// first() and second() are views 0 and 1, so it is a Projection between those.
///
/// project(i, x) = (x - mean_i) W_i
template <class T, Device D>
class multiview_cca_projection {
 public:
  using value_type = T;
  using device = D;

  /// `eigenvalues`, one per dimension, and one effective rank per view.
  /// Errors  shape_error when the parts differ in dimensions or there are fewer than two views.
  multiview_cca_projection(std::vector<linear_map<T, D>> maps, std::vector<double> eigenvalues,
                           std::vector<index_t> ranks)
      : maps_(std::move(maps)), eigenvalues_(std::move(eigenvalues)), ranks_(std::move(ranks)) {
    expects(maps_.size() >= 2 && ranks_.size() == maps_.size(), "multiview_cca_projection: {} views, {} ranks",
            maps_.size(), ranks_.size());
    for (const auto& m : maps_)
      expects(m.dimensions() == static_cast<index_t>(eigenvalues_.size()),
              "multiview_cca_projection: a view of {} dimensions, {} eigenvalues", m.dimensions(), eigenvalues_.size());
  }

  index_t dimensions() const { return maps_[0].dimensions(); }
  index_t views() const { return static_cast<index_t>(maps_.size()); }
  /// Descending, one per dimension: see multiview_cca.
  const std::vector<double>& eigenvalues() const { return eigenvalues_; }
  /// Directions of the training rows that were told from noise. Errors, here and below: argument_error for a view that
  /// does not exist.
  index_t rank(index_t view) const { return ranks_[checked(view)]; }
  const linear_map<T, D>& map(index_t view) const { return maps_[checked(view)]; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void project(context<D>& ctx, index_t view, const_matrix<T, D> x, matrix_view<T, D> out) const {
    map(view).apply(ctx, x, out);
  }
  matrix<T, D> project(context<D>& ctx, index_t view, const_matrix<T, D> x) const { return map(view).apply(ctx, x); }
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { project(ctx, 0, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { project(ctx, 1, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return project(ctx, 0, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return project(ctx, 1, y); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    for (std::size_t i = 0; i < maps_.size(); ++i) maps_[i].save(file, prefix + "view" + std::to_string(i) + ".");
    file.add(prefix + "eigenvalues", eigenvalues_);
    file.add(prefix + "ranks", ranks_);
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or shapes that do not fit.
  template <class File>
  static multiview_cca_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto ranks = file.template load_vector<index_t>(ctx, prefix + "ranks").to_host();
    expects<io_error>(ranks.size() >= 2, "{}: tensor {}ranks: {} views, 2 are needed", file.name(), prefix,
                      ranks.size());
    std::vector<linear_map<T, D>> maps;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      const std::string view = prefix + "view" + std::to_string(i) + ".";
      maps.push_back(linear_map<T, D>::load(ctx, file, view));
      io::in_range(file, prefix + "ranks", ranks[i], 0, maps[i].columns());
      expects<io_error>(maps[i].dimensions() == maps[0].dimensions(), "{}: {} dimensions in {}, {} in {}view0.",
                        file.name(), maps[i].dimensions(), view, maps[0].dimensions(), prefix);
    }
    auto values = io::stored_list<double>(ctx, file, prefix + "eigenvalues", maps[0].dimensions());
    return {std::move(maps), std::move(values), std::move(ranks)};
  }
  template <class File = io::safetensors>
  static multiview_cca_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "multiview_cca_projection 1";
  std::size_t checked(index_t view) const {
    expects<argument_error>(view >= 0 && view < views(), "multiview_cca_projection: view {} of {}", view, views());
    return static_cast<std::size_t>(view);
  }
  std::vector<linear_map<T, D>> maps_;
  std::vector<double> eigenvalues_;
  std::vector<index_t> ranks_;
};

/// Canonical correlation analysis of any number of views of the same things; one of them may be their labels.
///
/// The w = (w_1, ..., w_V) with the largest eigenvalues of
///   sum over j of S_ij w_j = lambda S_ii w_i  for all i,  S_ij covariances (n - 1), each S_ii with a ridge,
/// scaled to sum over i of w_i' S_ii w_i = 1. These minimize sum over i, j of |X_i W_i - X_j W_j|^2. An eigenvalue lies
/// between 0 and V; of two views it is 1 + their canonical correlation.
///
/// Coordinate j is multiplied by its eigenvalue^power, so that weak coordinates count less in a cosine. Directions
/// whose variance is at most 1e-10 of the largest one of their view are noise and take no part. Of each column of the
/// first view's weights the entry of largest magnitude is positive.
///
///   const matrix_view<const float, cpu> views[] = {images, texts, tags};
///   const auto space = projection::multiview_cca{.dimensions = 9}.fit(ctx, std::span(views));
///   const auto a = space.project(ctx, 0, new_images), b = space.project(ctx, 1, new_texts);
///
/// Complexity   n p^2 operations for the p columns of all views, on the device, then O(p^3) on the host; with fewer
///              rows than columns n in place of the columns of a view. Memory as linalg::covariance_accumulator.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when views differ in rows, have fewer than two, or no columns, with fewer than two views,
///              or when there is not one label per row; argument_error for NaN or infinity (view, row and column are
///              named), a view that does not vary, negative dimensions.
/// Reference    Kettenring 1971 (MAXVAR); Gong, Ke, Isard and Lazebnik 2014, whose power is 4 and whose ridge is
///              ridge::absolute(1e-4). Their random features are no part of it: map the views first.
struct multiview_cca {
  index_t dimensions = 0;          ///< at most; 0: as many as the smallest effective rank
  projection::ridge ridge = 1e-3;  ///< a plain number is a share of the mean variance of each view
  bool standardize = true;         ///< give every column unit variance first
  double power = 4;                ///< t: coordinate j of every view is multiplied by eigenvalue(j)^t

  /// `views`: a range of matrices of n rows each, given by views or owning.
  template <class Views, Device D>
  auto fit(context<D>& ctx, const Views& views) const {
    using M = std::remove_cvref_t<decltype(*views.begin())>;
    static_assert(MatrixArgument<M, D>, "multiview_cca::fit takes a range of matrices on the device of its context");
    std::vector<matrix_view<const typename M::value_type, D>> all;
    for (const auto& v : views) all.push_back(as_const(v));
    return of<typename M::value_type>(ctx, all, standardize ? static_cast<index_t>(all.size()) : 0);
  }

  /// x: n x p, y: n x q.
  template <class X, class Y, Device D>
  multiview_cca_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "multiview_cca::fit takes matrices of one number type on the device of its context");
    return of<T>(ctx, std::vector<matrix_view<const T, D>>{as_const(x), as_const(y)}, standardize ? 2 : 0);
  }

  /// The same with one label per row as the third view: its label_indicators, which are not standardized.
  template <class X, class Y, Device D>
  multiview_cca_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                          std::span<const label_t> labels) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "multiview_cca::fit takes matrices of one number type on the device of its context");
    expects(static_cast<index_t>(labels.size()) == x.rows(), "{}: {} rows but {} labels", who, x.rows(), labels.size());
    const auto indicators = label_indicators<T>(ctx, labels);
    return of<T>(ctx, std::vector<matrix_view<const T, D>>{as_const(x), as_const(y), as_const(indicators)},
                 standardize ? 2 : 0);
  }

  /// From moments of two or more views; the same bytes as from the rows, where those have no view with more columns
  /// than rows.
  template <Scalar T, Device D>
  multiview_cca_projection<T, D> fit(context<D>& ctx, const linalg::covariance_accumulator<T, D>& sums) const {
    expect_views(sums.views());
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of(host, ctx, sums, sums.views(), standardize ? sums.views() : 0, who));
  }

 private:
  static constexpr const char* who = "projection::multiview_cca::fit";

  void expect_views(index_t views) const {
    expects(views >= 2, "{}: {} views, 2 are needed", who, views);
    detail::expect_pairs(0, 0, dimensions, who);
  }
  template <class T, Device D>
  multiview_cca_projection<T, D> of(context<D>& ctx, const std::vector<matrix_view<const T, D>>& views,
                                    index_t standardized) const {
    expect_views(static_cast<index_t>(views.size()));
    detail::host_of<D> host(ctx);
    return made<T>(ctx, host, detail::training_of<T, D>(host, ctx, views, standardized, who));
  }
  template <class T, Device D>
  multiview_cca_projection<T, D> made(context<D>& ctx, context<cpu>& host, const detail::training_set& set) const {
    auto found = detail::joint_directions(host, set, dimensions, who, [this](double variance, double mean) {
      return 1 / std::sqrt(ridge(variance, mean));
    });
    for (std::size_t i = 0; i < found.weights.size(); ++i) detail::unscale(found.weights[i], set.views[i]);
    detail::finish(found.weights, found.values, power);
    std::vector<linear_map<T, D>> maps;
    for (std::size_t i = 0; i < found.weights.size(); ++i)
      maps.push_back(linear_map<T, D>(ctx, set.views[i].means, found.weights[i].to_host(), found.weights[i].cols()));
    return {std::move(maps), std::move(found.values), std::move(found.ranks)};
  }
};

}  // namespace kindred::projection
