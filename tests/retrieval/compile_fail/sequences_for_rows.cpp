// SPDX-License-Identifier: Apache-2.0
// kindred: these items are sequences of rows, but this encoder takes one row for each item
void fit(kd::context<cpu>& ctx, const kd::batch<float, cpu>& regions, const kd::matrix<float, cpu>& texts) {
  kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, regions, texts);
}
