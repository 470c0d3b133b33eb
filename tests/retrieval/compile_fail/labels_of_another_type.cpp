// SPDX-License-Identifier: Apache-2.0
// kindred: labels are one label_t per pair
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y,
         const std::vector<std::string>& labels) {
  kd::retrieval::cross_modal{kd::projection::semantic{}}.fit(ctx, x, y, labels);
}
