// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <kindred/core/shared_object.hpp>
#include <kindred/io/stored.hpp>
#include <kindred/op/nearest.hpp>
#include <kindred/similarity/product_form.hpp>
#include <span>
#include <string>
#include <vector>

namespace kindred::similarity {

namespace detail {

/// What the neighbours of a row vote for: from -distance^2 of each, nearest first, to shares of the classes.
template <class T, class D>
struct vote_row {
  matrix_view<T, D> scores;  // used up
  matrix_view<const index_t, D> ids;
  vector_view<const index_t, D> classes;
  matrix_view<T, D> votes;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t k = ids.cols();
    const auto self = *this;
    const T nearest = math::sqrt(-scores(r, 0));
    // 1 / (1 + e^d) over the same of the nearest, which keeps a digit where both are too small for T
    g.for_each(k, [self, r, nearest](index_t j) {
      if (j == 0) return;
      const T d = math::sqrt(-self.scores(r, j));
      self.scores(r, j) =
          self.ids(r, j) < 0 ? T(0) : math::exp(nearest - d) * (T(1) + math::exp(-nearest)) / (T(1) + math::exp(-d));
    });
    g.once([self, r] { self.scores(r, 0) = self.ids(r, 0) < 0 ? not_a_number<T> : T(1); });
    const T sum = g.reduce(k, T(0), plus{}, [self, r](index_t j) { return self.scores(r, j); });
    g.for_each(votes.cols(), [self, r, k, sum](index_t c) {
      T mine = 0;
      for (index_t j = 0; j < k; ++j)
        if (self.ids(r, j) >= 0 && self.classes(self.ids(r, j)) == c) mine += self.scores(r, j);
      self.votes(r, c) = mine / sum;
    });
  }
};

}  // namespace detail

/// Agreement of what nearest neighbours vote for: each side of a comparison asks its k nearest labelled reference rows,
/// of both modalities, which classes they have.
///
/// s(a, b) = v(a) . v(b),  v(x)_c = sum of w_j over the neighbours j of x with label c / sum of all w_j,
/// w_j = 1 / (1 + exp(|x - r_j|))
///
/// References are the projected training rows of both modalities. The votes of two rows stand for the kernel W [c = c']
/// W' between all pairs of references, which is never built.
///
///   const similarity::knn_vote<float, cpu> vote(ctx, space.first(ctx, images), space.second(ctx, texts), labels, 100);
///   retrieval::evaluate_both(ctx, vote, test_images, test_texts, relation, metric::average_precision{});
///
/// T, D  number type and device of the rows
///
/// Complexity   n r d multiply-adds and n (C + k) k operations to prepare n rows for r references of d numbers and C
///              classes; n m C for the scores. Copies share the references.
/// Determinism  on context<cpu> a score has the same bits wherever its rows stand, on any number of threads; of equally
///              far references the one with the lower position counts first.
/// Errors       shape_error when labels, references or rows do not fit; argument_error for no references, k < 1, NaN or
///              infinity in a reference (row and column are named). A row that holds NaN votes NaN.
/// Reference    the "kNN kernel" of Zhai, Peng and Xiao 2014; their code sets k to 100.
template <Scalar T, Device D>
class knn_vote : public product_form<knn_vote<T, D>> {
 public:
  static constexpr const char* name = "knn_vote";  ///< in the files of what contains one
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;

  /// references: r x d, copied; labels: r, any integers; k: neighbours that vote, all references where there are fewer.
  knn_vote(context<D>& ctx, const_matrix<T, D> references, std::span<const label_t> labels, index_t k = 100)
      : state_(made(ctx, copied_to(ctx, ctx, references), {labels.begin(), labels.end()}, k)) {}
  /// References of two modalities, whose rows belong together: label i for row i of both.
  knn_vote(context<D>& ctx, const_matrix<T, D> first, const_matrix<T, D> second, std::span<const label_t> labels,
           index_t k = 100)
      : state_(made(ctx, joined(ctx, first, second, static_cast<index_t>(labels.size())), twice(labels), k)) {}

  /// Neighbours that vote.
  index_t neighbours() const { return (*state_).k; }
  /// The distinct labels, ascending: what the columns of votes() stand for.
  const std::vector<label_t>& classes() const { return (*state_).classes; }
  index_t references() const { return (*state_).rows.rows(); }

  /// Shares of the classes: x: n x d, the result n x C. Rows sum to 1; compared by similarity::dot they score as this
  /// does.
  template <MatrixArgument<D> M>
  matrix<T, D> votes(context<D>& ctx, const M& x) const {
    const state& s = *state_;
    const matrix_view<const T, D> rows = as_const(x);
    expects(rows.cols() == s.rows.cols(), "similarity::knn_vote: rows of {} numbers, references of {}", rows.cols(),
            s.rows.cols());
    const index_t n = rows.rows(), k = std::min(s.k, s.rows.rows());
    matrix<T, D> out(ctx, n, static_cast<index_t>(s.classes.size()), uninitialized);
    constexpr index_t most = index_t(1) << 22;
    const index_t band = std::min(n, most / k + 1);
    const scratch_scope scope(ctx);
    const auto norms = scratch_vector<T>(ctx, n);
    const auto ids = scratch_matrix<index_t>(ctx, band, k);
    const auto scores = scratch_matrix<T>(ctx, band, k);
    op::square_norms<T, D>(ctx, rows, norms);
    for (index_t first = 0; first < n; first += band) {
      const index_t here = std::min(band, n - first);
      op::nearest<T, D>(ctx, {rows.middle_rows(first, here), norms.segment(first, here)},
                        {s.rows.view(), s.norms.view()}, op::scoring::negative_square_distance, k, {},
                        ids.middle_rows(0, here), scores.middle_rows(0, here));
      ctx.for_each_row(here, k,
                       detail::vote_row<T, D>{scores.middle_rows(0, here), ids.middle_rows(0, here), s.targets.view(),
                                              out.view().middle_rows(first, here)});
    }
    return out;
  }
  /// The votes.
  template <MatrixArgument<D> M>
  prepared<T, D> prepare(context<D>& ctx, const M& x) const {
    matrix<T, D> out = votes(ctx, x);
    const matrix_view<const T, D> rows = out.view();
    return {.rows = rows, .changed = std::move(out)};
  }

  /// Adds references and labels to a file (io::safetensors_writer); this similarity must stay until the file is
  /// written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", "knn_vote 1");
    file.add(prefix + "references", (*state_).rows);
    file.add(prefix + "labels", (*state_).labels);
    file.add(prefix + "neighbours", std::vector<index_t>{(*state_).k});
  }
  /// What was saved under `prefix` (io::safetensors). Errors: io_error for another type, a missing tensor, parts that
  /// do not fit, NaN or infinity.
  template <class File>
  static knn_vote load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, "knn_vote 1");
    auto rows = file.template load_matrix<T>(ctx, prefix + "references");
    auto labels = file.template load_vector<label_t>(ctx, prefix + "labels").to_host();
    const auto k = io::stored_list<index_t>(ctx, file, prefix + "neighbours", 1);
    return io::made_from(file, prefix, [&] { return knn_vote(made(ctx, std::move(rows), std::move(labels), k[0])); });
  }

 private:
  struct state {
    matrix<T, D> rows;
    vector<T, D> norms;
    std::vector<label_t> labels, classes;
    vector<index_t, D> targets;  // the place of each label among the classes
    index_t k;
  };

  explicit knn_vote(state s) : state_(std::move(s)) {}

  static state made(context<D>& ctx, matrix<T, D> rows, std::vector<label_t> labels, index_t k) {
    const index_t n = rows.rows(), d = rows.cols();
    expects(static_cast<index_t>(labels.size()) == n, "similarity::knn_vote: {} labels for {} references",
            labels.size(), n);
    expects<argument_error>(n > 0, "similarity::knn_vote: no references");
    expects<argument_error>(k >= 1, "similarity::knn_vote: expected at least 1 neighbour, got {}", k);
    const auto values = rows.to_host();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double v = static_cast<double>(values[i]);
      expects<argument_error>(v - v == 0, "similarity::knn_vote: reference {}, column {} is {}",
                              static_cast<index_t>(i) / d, static_cast<index_t>(i) % d, v);
    }
    std::vector<label_t> classes = labels;
    std::sort(classes.begin(), classes.end());
    classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
    std::vector<index_t> targets;
    targets.reserve(labels.size());
    for (const label_t label : labels)
      targets.push_back(std::lower_bound(classes.begin(), classes.end(), label) - classes.begin());
    vector<T, D> norms(ctx, n, uninitialized);
    op::square_norms<T, D>(ctx, rows.view(), norms.view());
    vector<index_t, D> on_device(ctx, targets);
    return {std::move(rows), std::move(norms), std::move(labels), std::move(classes), std::move(on_device), k};
  }
  static matrix<T, D> joined(context<D>& ctx, matrix_view<const T, D> first, matrix_view<const T, D> second,
                             index_t labels) {
    expects(first.cols() == second.cols() && first.rows() == labels && second.rows() == labels,
            "similarity::knn_vote: {} x {} and {} x {} references for {} labels", first.rows(), first.cols(),
            second.rows(), second.cols(), labels);
    std::vector<T> all = to_host(ctx, first);
    const std::vector<T> more = to_host(ctx, second);
    all.insert(all.end(), more.begin(), more.end());
    return matrix<T, D>(ctx, 2 * labels, first.cols(), all);
  }
  static std::vector<label_t> twice(std::span<const label_t> labels) {
    std::vector<label_t> all(labels.begin(), labels.end());
    all.insert(all.end(), labels.begin(), labels.end());
    return all;
  }

  shared_object<state> state_;
};

}  // namespace kindred::similarity
