// SPDX-License-Identifier: Apache-2.0
// kindred: the learner has no fit(ctx, x, y)
struct nothing {};
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y) {
  kd::retrieval::cross_modal{nothing{}}.fit(ctx, x, y);
}
