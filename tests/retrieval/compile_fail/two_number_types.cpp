// SPDX-License-Identifier: Apache-2.0
// kindred: the first items are of another number type than the second
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<double, cpu>& y) {
  kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, y);
}
