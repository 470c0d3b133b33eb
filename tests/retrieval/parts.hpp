// SPDX-License-Identifier: Apache-2.0
// What a user would bring: an encoder of texts, a similarity, an index and a learner. Each is the least that its
// concept asks for, and a plain loop.
#pragma once

#include <algorithm>
#include <kindred/backend/cpu.hpp>
#include <kindred/core/random.hpp>
#include <kindred/projection/linear_projection.hpp>
#include <kindred/retrieval/concept.hpp>
#include <kindred/similarity/product_form.hpp>
#include <string>
#include <vector>

namespace parts {

using namespace kindred;

/// How often a text has each of the letters a to d.
struct letters {
  static constexpr const char* name = "letters";
  index_t dimension() const { return 4; }
  void encode(context<cpu>&, const std::vector<std::string>& texts, matrix_view<float, cpu> out) const {
    for (std::size_t i = 0; i < texts.size(); ++i)
      for (index_t c = 0; c < 4; ++c)
        out(static_cast<index_t>(i), c) =
            static_cast<float>(std::count(texts[i].begin(), texts[i].end(), static_cast<char>('a' + c)));
  }
};

/// Dot product of rows times a factor of the left and the right one.
struct twice_dot : similarity::product_form<twice_dot> {
  static constexpr const char* name = "twice_dot";
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;
  template <Device D, MatrixArgument<D> M>
  similarity::prepared<typename M::value_type, D> prepare(context<D>& ctx, const M& x) const {
    using T = typename M::value_type;
    auto host = to_host(ctx, as_const(x));
    for (T& v : host) v *= T(2);
    matrix<T, D> doubled(ctx, as_const(x).rows(), as_const(x).cols(), host);
    const matrix_view<const T, D> rows = doubled.view();
    return {.rows = rows, .changed = std::move(doubled)};
  }
};

/// Minus the number of columns in which two rows differ.
class hamming_index {
 public:
  using value_type = float;
  using device = cpu;
  explicit hamming_index(index_t dimension) : dimension_(dimension) {}
  index_t size() const { return static_cast<index_t>(rows_.size()); }
  index_t dimension() const { return dimension_; }
  void add(context<cpu>&, const_matrix<float, cpu> x) {
    for (index_t r = 0; r < x.rows(); ++r) rows_.emplace_back(x.row(r).begin(), x.row(r).end());
  }
  op::hits<float, cpu> search(context<cpu>& ctx, const_matrix<float, cpu> queries, index_t k) const {
    op::hits<float, cpu> hits{matrix<float, cpu>(ctx, queries.rows(), k), matrix<index_t, cpu>(ctx, queries.rows(), k)};
    for (index_t q = 0; q < queries.rows(); ++q) {
      std::vector<std::pair<index_t, index_t>> found;  // differences, id
      for (index_t i = 0; i < size(); ++i) {
        index_t differences = 0;
        for (index_t c = 0; c < dimension_; ++c)
          differences += queries(q, c) != rows_[static_cast<std::size_t>(i)][static_cast<std::size_t>(c)];
        found.emplace_back(differences, i);
      }
      std::sort(found.begin(), found.end());
      for (index_t j = 0; j < k; ++j) {
        const bool there = j < size();
        hits.ids.view()(q, j) = there ? found[static_cast<std::size_t>(j)].second : -1;
        hits.scores.view()(q, j) =
            there ? -static_cast<float>(found[static_cast<std::size_t>(j)].first) : -infinity<float>;
      }
    }
    return hits;
  }

 private:
  index_t dimension_;
  std::vector<std::vector<float>> rows_;
};
struct hamming_search {
  template <Scalar T, class D, class S>
  hamming_index make(context<D>&, index_t dimension, const S&) const {
    return hamming_index(dimension);
  }
};

/// Subtracts the means of the training rows; nothing else.
struct centring {
  template <class X, class Y, Device D>
  projection::linear_projection<typename X::value_type, D> fit(context<D>& ctx, const X& x, const Y& y) const {
    return {map(ctx, as_const(x)), map(ctx, as_const(y)), std::vector<double>(static_cast<std::size_t>(x.cols()), 1),
            x.cols(), y.cols()};
  }

 private:
  template <class T, Device D>
  static projection::linear_map<T, D> map(context<D>& ctx, matrix_view<const T, D> x) {
    const auto rows = to_host(ctx, x);
    const auto n = static_cast<std::size_t>(x.rows()), p = static_cast<std::size_t>(x.cols());
    std::vector<double> means(p), unit(p * p);
    for (std::size_t c = 0; c < p; ++c) {
      for (std::size_t r = 0; r < n; ++r) means[c] += static_cast<double>(rows[r * p + c]) / static_cast<double>(n);
      unit[c * p + c] = 1;
    }
    return {ctx, means, unit, x.cols()};
  }
};

/// Whole numbers from 0 to 3, so that scores are exact and tie.
template <class T>
std::vector<T> digits(index_t n, std::uint64_t seed) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<T>(random::below(4, seed, 0, i));
  return v;
}

}  // namespace parts
