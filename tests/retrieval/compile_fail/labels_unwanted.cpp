// SPDX-License-Identifier: Apache-2.0
// kindred: this learner learns from pairs alone, so leave the labels out
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y,
         const std::vector<kd::label_t>& labels) {
  kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, y, labels);
}
