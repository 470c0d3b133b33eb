// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/multimodal_dbn_model.hpp>
#include <kindred/generative/detail/cross_media_pathway.hpp>
#include <kindred/op/copy.hpp>

namespace kindred::generative {

namespace detail {
/// The code of rows of one side, zeros in place of the other.
template <class Network, class T, Device D>
void encode_alone(context<D>& ctx, const Network& stage, int side, matrix_view<const T, D> rows,
                  matrix_view<T, D> out) {
  const scratch_scope scope(ctx);
  const index_t width = rows.cols();
  const auto pair = scratch_matrix<T>(ctx, rows.rows(), 2 * width);
  op::fill(ctx, pair, T(0));
  op::copy(ctx, rows, pair.middle_cols(side == 0 ? 0 : width, width));
  stage.encode(ctx, pair, out);
}
}  // namespace detail

/// What cmdn learns: belief networks of both sides, a pathway for each, a stack of encoders of pairs over both.
/// Satisfies projection::Projection.
///
/// a = first pathway(x, P(h3 | x)),  then for every stage a = s([a | 0] W + b);  first(x) = the last a
/// b likewise from y with [0 | b];  second(y) = the last b
///
/// Complexity   that of multimodal_dbn_model and of the networks; codes of all rows in scratch.
/// Determinism  the same bytes for any number of threads; with mean field a row's bits do not depend on the rows around
///              it.
/// Errors       shape_error where parts or rows do not fit.
template <Scalar T, Device D>
class cmdn_model {
 public:
  using value_type = T;
  using device = D;
  using pathway = detail::cross_media_pathway<T, D>;
  using stage_spec = layer::sequential<layer::linear, layer::sigmoid>;
  using stage = encoder::network<stage_spec, T, D>;

  /// An encoder of pairs of rows of `in` numbers a side.
  static stage_spec stage_layers(index_t in, index_t out) {
    return layer::sequential(layer::linear(2 * in, out), layer::sigmoid{});
  }

  cmdn_model(multimodal_dbn_model<T, D> inter, pathway first, pathway second, std::vector<stage> stages)
      : inter_(std::move(inter)), first_(std::move(first)), second_(std::move(second)), stages_(std::move(stages)) {
    expects(inter_.dimensions() == first_.inter_columns() && inter_.dimensions() == second_.inter_columns() &&
                first_.dimension() == second_.dimension(),
            "generative::cmdn_model: inter-modality codes of {} numbers for {} and {}, pathways of {} and {}",
            inter_.dimensions(), first_.inter_columns(), second_.inter_columns(), first_.dimension(),
            second_.dimension());
    index_t width = first_.dimension();
    for (const stage& s : stages_) {
      expects(s.item().cols == 2 * width, "generative::cmdn_model: a stage of {} numbers after sides of {}",
              s.item().cols, width);
      width = s.dimension();
    }
  }

  index_t dimensions() const { return stages_.empty() ? first_.dimension() : stages_.back().dimension(); }
  const multimodal_dbn_model<T, D>& inter() const { return inter_; }
  const pathway& first_pathway() const { return first_; }
  const pathway& second_pathway() const { return second_; }
  const std::vector<stage>& stages() const { return stages_; }

  /// out: rows(x) x dimensions(), overwritten.
  void first(context<D>& ctx, const_matrix<T, D> x, matrix_view<T, D> out) const { encode(ctx, 0, x, out); }
  void second(context<D>& ctx, const_matrix<T, D> y, matrix_view<T, D> out) const { encode(ctx, 1, y, out); }
  matrix<T, D> first(context<D>& ctx, const_matrix<T, D> x) const {
    matrix<T, D> out(ctx, x.rows(), dimensions(), uninitialized);
    first(ctx, x, out.view());
    return out;
  }
  matrix<T, D> second(context<D>& ctx, const_matrix<T, D> y) const {
    matrix<T, D> out(ctx, y.rows(), dimensions(), uninitialized);
    second(ctx, y, out.view());
    return out;
  }

  /// Adds everything to a file under `prefix`. This model must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    file.metadata(prefix + "type", file_type);
    inter_.save(file, prefix + "inter.");
    first_.save(file, prefix + "first.");
    second_.save(file, prefix + "second.");
    std::vector<index_t> widths;
    for (const stage& s : stages_) widths.push_back(s.dimension());
    file.add(prefix + "stages", std::move(widths));
    for (std::size_t i = 0; i < stages_.size(); ++i) stages_[i].save(file, prefix + stage_name(i));
  }
  /// Writes a file of its own, atomically. Errors: io_error.
  template <class Writer = io::safetensors_writer>
  void save(const std::string& path) const {
    io::save_alone<Writer>(*this, path);
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for another type, missing or misshapen tensors.
  template <class File>
  requires(!std::convertible_to<File, std::string>) static cmdn_model
      load(context<D>& ctx, const File& file, const std::string& prefix) {
    io::expect_type(file, prefix, file_type);
    auto inter = multimodal_dbn_model<T, D>::load(ctx, file, prefix + "inter.");
    auto a = pathway::load(ctx, file, prefix + "first."), b = pathway::load(ctx, file, prefix + "second.");
    expects<io_error>(inter.dimensions() == a.inter_columns() && inter.dimensions() == b.inter_columns() &&
                          a.dimension() == b.dimension(),
                      "{}: {}inter gives {} numbers, {}first and second take {} and {} and give {} and {}", file.name(),
                      prefix, inter.dimensions(), prefix, a.inter_columns(), b.inter_columns(), a.dimension(),
                      b.dimension());
    std::vector<stage> stages;
    index_t width = a.dimension();
    for (const index_t next : file.template load_vector<index_t>(ctx, prefix + "stages").to_host()) {
      const std::string name = prefix + stage_name(stages.size());
      io::expect_matrix(file, name + "0.weight", 2 * width, next);
      stages.push_back(stage::load(ctx, stage_layers(width, next), file, name));
      width = next;
    }
    return io::made_from(file, prefix, [&] {
      return cmdn_model(std::move(inter), std::move(a), std::move(b), std::move(stages));
    });
  }
  template <class File = io::safetensors>
  static cmdn_model load(context<D>& ctx, const std::string& path) {
    return load(ctx, File(path), "");
  }

 private:
  static constexpr const char* file_type = "cmdn_model 1";
  static std::string stage_name(std::size_t i) { return "stage." + std::to_string(i) + "."; }

  void encode(context<D>& ctx, int side, const_matrix<T, D> x, matrix_view<T, D> out) const {
    expects(out.rows() == x.rows() && out.cols() == dimensions(),
            "generative::cmdn_model: {} rows into {} x {} of {} numbers", x.rows(), out.rows(), out.cols(),
            dimensions());
    const scratch_scope scope(ctx);
    const auto inter = scratch_matrix<T>(ctx, x.rows(), inter_.dimensions());
    if (side == 0)
      inter_.first(ctx, x, inter);
    else
      inter_.second(ctx, x, inter);
    matrix_view<T, D> code = stages_.empty() ? out : scratch_matrix<T>(ctx, x.rows(), first_.dimension());
    (side == 0 ? first_ : second_).encode(ctx, x, inter, code);
    for (std::size_t i = 0; i < stages_.size(); ++i) {
      const matrix_view<T, D> next =
          i + 1 == stages_.size() ? out : scratch_matrix<T>(ctx, x.rows(), stages_[i].dimension());
      detail::encode_alone(ctx, stages_[i], side, matrix_view<const T, D>(code), next);
      code = next;
    }
  }

  multimodal_dbn_model<T, D> inter_;
  pathway first_, second_;
  std::vector<stage> stages_;
};

}  // namespace kindred::generative
