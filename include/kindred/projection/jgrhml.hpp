// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <kindred/op/nearest.hpp>
#include <kindred/projection/concept.hpp>
#include <kindred/projection/detail/graph_training.hpp>
#include <kindred/projection/linear_map.hpp>
#include <limits>

namespace kindred::projection {

namespace detail {

/// From -distance^2 of the neighbours of a row to what they hand on.
template <class T, class D>
struct propagate_row {
  matrix_view<const T, D> scores;
  matrix_view<const index_t, D> ids;
  matrix_view<const double, D> shares;  // F_j / sqrt(degree j) of each node
  double alpha;
  matrix_view<double, D> weights;  // as many as scores
  matrix_view<T, D> out;
  template <class G>
  KINDRED_HD void operator()(const G& g, index_t r) const {
    const index_t k = ids.cols();
    const auto self = *this;
    g.for_each(k, [self, r](index_t j) {
      const double d = math::sqrt(-static_cast<double>(self.scores(r, j)));
      self.weights(r, j) = self.ids(r, j) < 0 ? 0.0 : 0.5 / (1.0 + math::exp(d));
    });
    const double degree = g.reduce(k, 0.0, plus{}, [self, r](index_t j) { return self.weights(r, j); });
    const double factor = ids(r, 0) < 0 ? not_a_number<double> : degree > 0 ? alpha / math::sqrt(degree) : 0.0;
    g.for_each(out.cols(), [self, r, k, factor](index_t c) {
      double sum = 0;
      for (index_t j = 0; j < k; ++j)
        if (self.ids(r, j) >= 0) sum += self.weights(r, j) * self.shares(self.ids(r, j), c);
      self.out(r, c) = static_cast<T>(factor * sum);
    });
  }
};

/// What jgrhml finds, on the host.
struct graph_weights {
  std::vector<double> first_means, second_means, first_weights, second_weights;  // of the metric
  std::vector<double> nodes;    // all items of the first view, then those of the second, in the space of the metric
  std::vector<double> scores;   // of the classes, as many rows
  std::vector<double> degrees;  // of the nodes
  std::vector<label_t> classes;
  index_t first_nodes;  // how many nodes are of the first view
  index_t neighbours;
  double alpha;
};

}  // namespace detail

/// Class scores that labels spread to over a graph of items of both views: what jgrhml gives. Satisfies Projection.
///
/// Transductive: the items that the graph was made of have their scores, first_scores() and second_scores().
/// Inductive: first(x) and second(y) are for new items. z = (x - mean) W is joined to the graph by its k nearest nodes
/// j, of either view, with weights w_j = 1 / (2 (1 + exp(|z - z_j|))), and gets
///
/// out = alpha sum of w_j / sqrt(sum of all w  degree_j) F_j
///
/// which is what the propagation gives a node without a label whose neighbours keep their scores. Compare by
/// similarity::dot.
///
/// Complexity   n N r multiply-adds for n rows, N nodes and r dimensions of the metric, and n k C; the nodes stand in
///              memory.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
template <class T, Device D>
class jgrhml_projection {
 public:
  using value_type = T;
  using device = D;

  /// Errors  shape_error when the parts do not fit.
  jgrhml_projection(context<D>& ctx, const detail::graph_weights& found)
      : first_(ctx, found.first_means, found.first_weights, width_of(found.first_weights, found.first_means)),
        second_(ctx, found.second_means, found.second_weights, width_of(found.second_weights, found.second_means)),
        nodes_(ctx, static_cast<index_t>(found.degrees.size()), first_.dimensions(),
               std::vector<T>(found.nodes.begin(), found.nodes.end())),
        squares_(ctx, nodes_.rows(), uninitialized),
        scores_(ctx, nodes_.rows(), static_cast<index_t>(found.classes.size()), found.scores),
        shares_(ctx, nodes_.rows(), scores_.cols(), shares_of(found.scores, found.degrees)),
        degrees_(found.degrees),
        classes_(found.classes),
        first_nodes_(found.first_nodes),
        neighbours_(found.neighbours),
        alpha_(found.alpha) {
    expects(first_.dimensions() == second_.dimensions() && first_nodes_ >= 0 && first_nodes_ <= nodes_.rows(),
            "jgrhml_projection: {} and {} dimensions, {} of {} nodes", first_.dimensions(), second_.dimensions(),
            first_nodes_, nodes_.rows());
    op::square_norms<T, D>(ctx, nodes_.view(), squares_.view());
  }

  /// The number of classes.
  index_t dimensions() const { return scores_.cols(); }
  /// The label of each dimension, ascending.
  const std::vector<label_t>& classes() const { return classes_; }
  /// The maps into the space of the metric, in which nodes are near each other or not.
  const linear_map<T, D>& first_map() const { return first_; }
  const linear_map<T, D>& second_map() const { return second_; }
  /// Class scores of the items that the fit took: of each view the labelled ones, then the unlabelled ones.
  matrix<T, D> first_scores(context<D>& ctx) const { return scores_of(ctx, 0, first_nodes_); }
  matrix<T, D> second_scores(context<D>& ctx) const {
    return scores_of(ctx, first_nodes_, nodes_.rows() - first_nodes_);
  }
  /// Nodes of both views, and how many a new item is joined to.
  index_t nodes() const { return nodes_.rows(); }
  index_t neighbours() const { return neighbours_; }

  /// out: rows(x) x dimensions(), overwritten. Errors: shape_error when x or out do not fit.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { apply(ctx, first_, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { apply(ctx, second_, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const { return applied(ctx, first_, x); }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const { return applied(ctx, second_, y); }

  /// Adds everything to a file under `prefix`. This projection must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
    file.add(prefix + "nodes", nodes_);
    file.add(prefix + "scores", scores_);
    file.add(prefix + "degrees", degrees_);
    file.add(prefix + "classes", classes_);
    file.add(prefix + "sizes", std::vector<index_t>{first_nodes_, neighbours_});
    file.add(prefix + "alpha", std::vector<double>{alpha_});
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`: it projects to the same bytes where T is the same.
  /// Errors  io_error, naming the file, for another type, a missing tensor or parts that do not fit.
  template <class File>
  static jgrhml_projection load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    const auto first = linear_map<double, D>::load(ctx, file, prefix + "first.");
    const auto second = linear_map<double, D>::load(ctx, file, prefix + "second.");
    const auto nodes = file.template load_matrix<double>(ctx, prefix + "nodes");
    const auto scores = file.template load_matrix<double>(ctx, prefix + "scores");
    expects<io_error>(nodes.rows() > 0 && scores.cols() > 0 && first.columns() > 0 && second.columns() > 0,
                      "{}: expected at least 1 node, class and column of each view under \"{}\", got {}, {}, {} and {}",
                      file.name(), prefix, nodes.rows(), scores.cols(), first.columns(), second.columns());
    expects<io_error>(nodes.cols() == first.dimensions() && second.dimensions() == first.dimensions() &&
                          scores.rows() == nodes.rows(),
                      "{}: {} x {} {}nodes with {} scores for {} and {} dimensions", file.name(), nodes.rows(),
                      nodes.cols(), prefix, scores.rows(), first.dimensions(), second.dimensions());
    auto degrees = io::stored_list<double>(ctx, file, prefix + "degrees", nodes.rows());
    for (const double degree : degrees)
      expects<io_error>(degree >= 0, "{}: tensor {}degrees: {} is below 0", file.name(), prefix, degree);
    const auto sizes = io::stored_list<index_t>(ctx, file, prefix + "sizes", 2);
    const auto alpha = io::stored_list<double>(ctx, file, prefix + "alpha", 1);
    io::in_range(file, prefix + "sizes", sizes[0], 0, nodes.rows());
    io::in_range(file, prefix + "sizes", sizes[1], 1, std::numeric_limits<index_t>::max());
    io::in_range(file, prefix + "alpha", alpha[0], 0, 1);
    auto classes =
        io::ascending(file, prefix + "classes", io::stored_list<label_t>(ctx, file, prefix + "classes", scores.cols()));
    const auto list = [&](auto v) { return to_host(ctx, as_matrix(v, 1, v.size())); };
    return jgrhml_projection(
        ctx, {list(first.means()), list(second.means()), to_host(ctx, first.weights()), to_host(ctx, second.weights()),
              nodes.to_host(), scores.to_host(), std::move(degrees), std::move(classes), sizes[0], sizes[1], alpha[0]});
  }
  template <class File = io::safetensors>
  static jgrhml_projection load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "jgrhml_projection 1";

  static index_t width_of(const std::vector<double>& weights, const std::vector<double>& means) {
    return means.empty() ? 0 : static_cast<index_t>(weights.size() / means.size());
  }
  static std::vector<double> shares_of(std::vector<double> scores, const std::vector<double>& degrees) {
    const std::size_t classes = degrees.empty() ? 0 : scores.size() / degrees.size();
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const double degree = degrees[i / classes];
      scores[i] = degree > 0 ? scores[i] / std::sqrt(degree) : 0;
    }
    return scores;
  }
  matrix<T, D> scores_of(context<D>& ctx, index_t begin, index_t count) const {
    const auto values = to_host(ctx, scores_.view().middle_rows(begin, count));
    return matrix<T, D>(ctx, count, dimensions(), std::vector<T>(values.begin(), values.end()));
  }
  matrix<T, D> applied(context<D>& ctx, const linear_map<T, D>& map, matrix_view<const T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    apply(ctx, map, x, out.view());
    return out;
  }
  void apply(context<D>& ctx, const linear_map<T, D>& map, matrix_view<const T, D> x, matrix_view<T, D> out) const {
    expects(x.cols() == map.columns() && out.rows() == x.rows() && out.cols() == dimensions(),
            "projection: {} x {} into {} x {}, fitted on {} columns for {} dimensions", x.rows(), x.cols(), out.rows(),
            out.cols(), map.columns(), dimensions());
    const index_t k = neighbours_ < nodes() ? neighbours_ : nodes(), most = (index_t(1) << 21) / k + 1;
    const index_t band = x.rows() < most ? x.rows() : most;
    const scratch_scope scope(ctx);
    const auto z = scratch_matrix<T>(ctx, band, map.dimensions());
    const auto norms = scratch_vector<T>(ctx, band);
    const auto ids = scratch_matrix<index_t>(ctx, band, k);
    const auto near = scratch_matrix<T>(ctx, band, k);
    const auto weights = scratch_matrix<double>(ctx, band, k);
    for (index_t begin = 0; begin < x.rows(); begin += band) {
      const index_t here = band < x.rows() - begin ? band : x.rows() - begin;
      map.apply(ctx, x.middle_rows(begin, here), z.middle_rows(0, here));
      op::square_norms<T, D>(ctx, z.middle_rows(0, here), norms.segment(0, here));
      op::nearest<T, D>(ctx, {z.middle_rows(0, here), norms.segment(0, here)}, {nodes_.view(), squares_.view()},
                        op::scoring::negative_square_distance, k, {}, ids.middle_rows(0, here),
                        near.middle_rows(0, here));
      ctx.for_each_row(here, k,
                       detail::propagate_row<T, D>{near.middle_rows(0, here), ids.middle_rows(0, here), shares_.view(),
                                                   alpha_, weights.middle_rows(0, here), out.middle_rows(begin, here)});
    }
  }

  linear_map<T, D> first_, second_;
  matrix<T, D> nodes_;
  vector<T, D> squares_;
  matrix<double, D> scores_, shares_;
  std::vector<double> degrees_;
  std::vector<label_t> classes_;
  index_t first_nodes_, neighbours_;
  double alpha_;
};

struct jgrhml;

namespace detail {
template <std::same_as<double> T = double>
graph_weights jgrhml_weights(context<cpu>& host, const graph_set& set, const jgrhml& options, const char* who);
}  // namespace detail

/// Heterogeneous metric learning with joint graph regularization: a metric in which items of two views can be near each
/// other, then labels that spread over one graph of neighbours of all items.
///
/// metric      P, Q from the singular vectors of X'Y; P := (gamma_1 I + lambda_1 X'LX + X'X)^-1 X'Y Q and
///             Q := (gamma_2 I + lambda_2 Y'LY + Y'Y)^-1 Y'X P, each from the values before; L = I - D^-1/2 S D^-1/2,
///             S(i, j) = 1 where i and j are two items of one class
/// graph       nodes: XP and YQ, each column of unit variance over all rows of its view, labelled or not; w(i, j) the
///             mean over both directions of [j among the k nearest others of i] / (1 + e^distance); S = D^-1/2 w D^-1/2
/// propagation F = (1 - alpha) (I - alpha S)^-1 F_0;  F_0(i, c) = 1 / n_c where i is one of the n_c labelled items of
/// class c,
///             -1 / (n - n_c) for the other labelled items, 0 without a label
///
/// X: n x p, Y: n x q, standardized. Directions of X'Y with a singular value of at most 1e-10 of the first are left
/// out.
///
/// Compare by similarity::dot: the length of a row of F says how sure it is, and cosine loses that. Published figures
/// are transductive: they give the test items to the fit as unlabelled rows (more_x, more_y) and compare their rows of
/// first_scores() and second_scores(). first(x) and second(y) are the inductive form, for items that were not there:
/// see jgrhml_projection. With few pairs and many columns the metric overfits, and projections of labelled rows vary
/// more than those of other rows; then the transductive form, whose variances are over both, is better.
///
/// Complexity   N^2 r multiply-adds for the neighbours of all N nodes, about N k C for each of some ten steps of
///              conjugate gradients, n (p^2 + q^2) and p^3 + q^3 for the metric. Memory N (r + 4 k + C) numbers; no N x
///              N matrix.
/// Determinism  the same bytes for any number of threads.
/// Errors       shape_error when views or labels differ in rows, for fewer than two rows or no columns; argument_error
///              for NaN or infinity (view, row and column are named), fewer than two classes, views that do not covary,
///              options out of range.
/// Reference    Zhai, Peng and Xiao 2013. Their code inverts a full N x N matrix. It loops twice but reads P and Q
///              where the loop begins, so one update takes effect, which is the default here.
struct jgrhml {
  double alpha = 0.1;       ///< in [0, 1); how far labels spread
  index_t neighbours = 90;  ///< k, at least 1
  double gamma_1 = 1e4;     ///< > 0; of the first view
  double gamma_2 = 10;      ///< > 0
  double lambda_1 = 10;     ///< at least 0; smoothness within classes of the first view
  double lambda_2 = 10;     ///< at least 0
  index_t updates = 1;      ///< of P and Q, at least 0
  bool standardize = true;  ///< give every column unit variance first

  /// x: n x p, y: n x q; row i of y belongs to row i of x, and label i, on the host, to both.
  template <class X, class Y, Device D>
  jgrhml_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                   std::span<const label_t> labels) const {
    return fit(ctx, x, y, labels, x.view().middle_rows(0, 0), y.view().middle_rows(0, 0));
  }
  /// Transductive: more_x, m x p, and more_y, l x q, are nodes without labels and need not be pairs.
  template <class X, class Y, class MoreX, class MoreY, Device D>
  jgrhml_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y,
                                                   std::span<const label_t> labels, const MoreX& more_x,
                                                   const MoreY& more_y) const {
    using T = typename X::value_type;
    static_assert(MatrixArgument<X, D> && MatrixArgument<Y, D> && std::is_same_v<T, typename Y::value_type>,
                  "jgrhml::fit takes two matrices of one number type on the device of its context");
    constexpr const char* who = "projection::jgrhml::fit";
    detail::host_of<D> host(ctx);
    const auto set = detail::graph_rows<T, D>(host, ctx, as_const(x), as_const(y), labels, as_const(more_x),
                                              as_const(more_y), standardize, who);
    return jgrhml_projection<T, D>(ctx, detail::jgrhml_weights(host, set, *this, who));
  }
};

}  // namespace kindred::projection

#if !defined(KINDRED_COMPILED)
#include <kindred/projection/detail/jgrhml_impl.hpp>
#endif
