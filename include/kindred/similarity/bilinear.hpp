// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/io/stored.hpp>
#include <kindred/similarity/product_form.hpp>
#include <memory>
#include <string>

namespace kindred::similarity {

/// A bilinear form: rows of two spaces, of different lengths if need be, compared through a matrix.
///
/// s(a, b) = a' M b,  a of p numbers, b of q, M p x q
///
/// Not symmetric: reversed() compares b to a. evaluate_both() uses it for the way back. Gradients reach both sides, not
/// M.
///
/// T, D  number type and device of the rows and of M
///
/// Complexity   n p q to prepare n rows on the side of a; nothing on the side of b. Copies share M.
/// Determinism  a score has the same bits wherever its rows stand, on any number of threads (context<cpu>).
/// Errors       shape_error when rows do not have p and q numbers; argument_error for NaN or infinity in M (row and
///              column are named). NaN and infinity in a row of a make its scores NaN, in a row of b NaN or infinite.
template <Scalar T, Device D>
class bilinear : public product_form<bilinear<T, D>> {
 public:
  static constexpr const char* name = "bilinear";  ///< in the files of what contains one
  static constexpr op::scoring scoring = op::scoring::inner_product;
  static constexpr bool rowwise = true;
  static constexpr bool different_widths = true;

  /// Keeps a copy of `m`, p x q.
  bilinear(context<D>& ctx, const_matrix<T, D> m)
      : bilinear(finite(std::make_shared<const matrix<T, D>>(copied_to(ctx, ctx, m))), false) {}

  /// Numbers of a row of a, and of b.
  index_t first_columns() const { return reversed_ ? matrix_->cols() : matrix_->rows(); }
  index_t second_columns() const { return reversed_ ? matrix_->rows() : matrix_->cols(); }
  /// s(b, a): M transposed.
  bilinear reversed() const { return bilinear(matrix_, !reversed_); }

  /// The rows of a times M.
  template <MatrixArgument<D> A>
  prepared<T, D> prepare_first(context<D>& ctx, const A& a) const {
    const matrix_view<const T, D> x = as_const(a);
    expects(x.cols() == first_columns(), "similarity::bilinear: rows of {} numbers on the left of {} x {}", x.cols(),
            first_columns(), second_columns());
    matrix<T, D> product(ctx, x.rows(), second_columns(), uninitialized);
    ctx.template gemm<T>(T(1), x, transpose::no, matrix_->view(), reversed_ ? transpose::yes : transpose::no, T(0),
                         product.view());
    const matrix_view<const T, D> rows = product.view();
    return {.rows = rows, .changed = std::move(product)};
  }
  /// dx += dy M'.
  void prepare_first_backward(context<D>& ctx, const_matrix<T, D>, const_matrix<T, D>, const_matrix<T, D> dy,
                              matrix_view<T, D> dx) const {
    ctx.template gemm<T>(T(1), dy, transpose::no, matrix_->view(), reversed_ ? transpose::no : transpose::yes, T(1),
                         dx);
  }
  /// The rows of b themselves.
  template <MatrixArgument<D> B>
  prepared<T, D> prepare_second(context<D>&, const B& b) const {
    expects(as_const(b).cols() == second_columns(), "similarity::bilinear: rows of {} numbers on the right of {} x {}",
            as_const(b).cols(), first_columns(), second_columns());
    return {.rows = as_const(b)};
  }

  /// Adds the matrix to a file (io::safetensors_writer); this similarity must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", reversed_ ? "bilinear 1, reversed" : "bilinear 1");
    file.add(prefix + "matrix", *matrix_);
  }
  /// What was saved under `prefix` (io::safetensors). Errors: io_error for another type, no matrix, NaN or infinity in
  /// it.
  template <class File>
  static bilinear load(context<D>& ctx, const File& file, const std::string& prefix) {
    const std::string& type = file.metadata(prefix + "type");
    expects<io_error>(type == "bilinear 1" || type == "bilinear 1, reversed",
                      "{}: metadata {}type: expected bilinear 1, got {}", file.name(), prefix, type);
    auto loaded = std::make_shared<const matrix<T, D>>(file.template load_matrix<T>(ctx, prefix + "matrix"));
    return io::made_from(file, prefix, [&] { return bilinear(finite(loaded), type != "bilinear 1"); });
  }

 private:
  bilinear(std::shared_ptr<const matrix<T, D>> m, bool reversed) : matrix_(std::move(m)), reversed_(reversed) {}
  static std::shared_ptr<const matrix<T, D>> finite(std::shared_ptr<const matrix<T, D>> m) {
    const auto values = m->to_host();
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double v = static_cast<double>(values[i]);
      const auto at = static_cast<index_t>(i);
      expects<argument_error>(v - v == 0, "similarity::bilinear: row {}, column {} is {}", at / m->cols(),
                              at % m->cols(), v);
    }
    return m;
  }
  std::shared_ptr<const matrix<T, D>> matrix_;
  bool reversed_;
};

}  // namespace kindred::similarity
