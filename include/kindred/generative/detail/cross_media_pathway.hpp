// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <kindred/generative/autoencoder.hpp>
#include <kindred/generative/detail/column_scaling.hpp>
#include <kindred/layer/activation.hpp>
#include <kindred/layer/sequential.hpp>
#include <kindred/op/copy.hpp>

namespace kindred::generative::detail {

/// What cmdn learns for one side: rows and their inter-modality codes to features that know the classes.
///
/// s = autoencoder(z), z = x standardized    the intra-modality code
/// j = P(h | [s | m])                        of a Boltzmann machine, m the inter-modality code
/// out = r(r(r(t W1 + b1) W2 + b2) W3 + b3)  t = j standardized, r = max(., 0)
///
/// Complexity   that of its networks; scratch for the numbers of every width of a row, for each row.
/// Determinism  on cpu a row's bits do not depend on the rows around it.
/// Errors       shape_error where parts or rows do not fit.
template <Scalar T, Device D>
class cross_media_pathway {
 public:
  using hidden_spec =
      layer::sequential<layer::linear, layer::relu, layer::linear, layer::relu, layer::linear, layer::relu>;
  using scaling = column_scaling<T, D>;

  /// Three layers from `in` numbers to `out`, all of that width.
  static hidden_spec hidden_layers(index_t in, index_t out) {
    return layer::sequential(layer::linear(in, out), layer::relu{}, layer::linear(out, out), layer::relu{},
                             layer::linear(out, out), layer::relu{});
  }

  cross_media_pathway(scaling rows, autoencoder<T, D> intra, rbm<T, D> joint, scaling codes,
                      encoder::network<hidden_spec, T, D> hidden)
      : rows_(std::move(rows)),
        intra_(std::move(intra)),
        joint_(std::move(joint)),
        codes_(std::move(codes)),
        hidden_(std::move(hidden)) {
    expects(rows_.columns() == intra_.inputs() && joint_.visible_units() > intra_.dimension() &&
                codes_.columns() == joint_.dimension() && hidden_.item().cols == joint_.dimension(),
            "generative::cmdn_model: {} columns, an autoencoder of {} and {} numbers, a machine of {} and {}, layers "
            "from {}",
            rows_.columns(), intra_.inputs(), intra_.dimension(), joint_.visible_units(), joint_.dimension(),
            hidden_.item().cols);
  }

  /// Numbers in a row, in its inter-modality code, in a row of the result.
  index_t columns() const { return rows_.columns(); }
  index_t inter_columns() const { return joint_.visible_units() - intra_.dimension(); }
  index_t dimension() const { return hidden_.dimension(); }
  const autoencoder<T, D>& intra() const { return intra_; }
  const rbm<T, D>& joint_machine() const { return joint_; }
  const encoder::network<hidden_spec, T, D>& hidden() const { return hidden_; }

  /// x: n x columns(); inter: n x inter_columns(); out: n x dimension(), overwritten.
  void encode(context<D>& ctx, const_matrix<T, D> x, const_matrix<T, D> inter, matrix_view<T, D> out) const {
    const index_t n = x.rows();
    expects(x.cols() == columns() && inter.rows() == n && inter.cols() == inter_columns(),
            "generative::cmdn_model: expected rows of {} and {} values, got {} x {} and {} x {}", columns(),
            inter_columns(), n, x.cols(), inter.rows(), inter.cols());
    const scratch_scope scope(ctx);
    const auto rows = scratch_matrix<T>(ctx, n, columns()), seen = scratch_matrix<T>(ctx, n, joint_.visible_units());
    const auto codes = scratch_matrix<T>(ctx, n, joint_.dimension());
    rows_.apply(ctx, x, rows);
    intra_.encode(ctx, rows, seen.middle_cols(0, intra_.dimension()));
    op::copy(ctx, inter, seen.middle_cols(intra_.dimension(), inter_columns()));
    joint_.encode(ctx, seen, codes);
    codes_.apply(ctx, codes, codes);
    hidden_.encode(ctx, codes, out);
  }

  /// Adds everything to a file under `prefix`. This pathway must stay until the file is written.
  template <class Writer>
  void save(Writer& file, const std::string& prefix) const {
    rows_.save(file, prefix + "rows.");
    intra_.save(file, prefix + "intra.");
    joint_.save(file, prefix + "joint.");
    codes_.save(file, prefix + "codes.");
    file.add(prefix + "width", std::vector<index_t>{dimension()});
    hidden_.save(file, prefix + "hidden.");
  }
  /// What was saved under `prefix`. Errors: io_error, naming the file, for missing or misshapen tensors.
  template <class File>
  static cross_media_pathway load(context<D>& ctx, const File& file, const std::string& prefix) {
    using io::stored_list;
    auto intra = autoencoder<T, D>::load(ctx, file, prefix + "intra.");
    auto rows = scaling::load(ctx, file, prefix + "rows.", intra.inputs());
    auto joint = rbm<T, D>::load(ctx, file, prefix + "joint.");
    auto codes = scaling::load(ctx, file, prefix + "codes.", joint.dimension());
    const index_t width = stored_list<index_t>(ctx, file, prefix + "width", 1)[0];
    expects<io_error>(joint.visible_units() > intra.dimension(), "{}: {}joint reads {} numbers, {}intra gives {}",
                      file.name(), prefix, joint.visible_units(), prefix, intra.dimension());
    io::expect_matrix(file, prefix + "hidden.0.weight", joint.dimension(), width);
    auto hidden = encoder::network<hidden_spec, T, D>::load(ctx, hidden_layers(joint.dimension(), width), file,
                                                            prefix + "hidden.");
    return io::made_from(file, prefix, [&] {
      return cross_media_pathway(std::move(rows), std::move(intra), std::move(joint), std::move(codes),
                                 std::move(hidden));
    });
  }

 private:
  scaling rows_;
  autoencoder<T, D> intra_;
  rbm<T, D> joint_;
  scaling codes_;
  encoder::network<hidden_spec, T, D> hidden_;
};

}  // namespace kindred::generative::detail
