// SPDX-License-Identifier: Apache-2.0
// kindred: these items lie on another device than the pipeline
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, emu>& y) {
  kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, y);
}
