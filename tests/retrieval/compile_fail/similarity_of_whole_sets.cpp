// SPDX-License-Identifier: Apache-2.0
// kindred: this similarity looks at whole sets
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y) {
  kd::retrieval::cross_modal{kd::projection::cca{}, kd::similarity::normalized_correlation{}}.fit(ctx, x, y);
}
