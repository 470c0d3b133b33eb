// SPDX-License-Identifier: Apache-2.0
// kindred: this learner learns from labels, so give one per pair
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y) {
  kd::retrieval::cross_modal{kd::projection::semantic{}}.fit(ctx, x, y);
}
