// SPDX-License-Identifier: Apache-2.0
// kindred: this encoder does not read these items
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const std::vector<std::string>& texts) {
  kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, texts);
}
