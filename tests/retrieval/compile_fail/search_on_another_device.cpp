// SPDX-License-Identifier: Apache-2.0
// kindred: this context is of another device than the pipeline
void search(kd::context<cpu>& ctx, kd::context<emu>& other, const kd::matrix<float, cpu>& x) {
  const auto engine = kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, x);
  (void)engine.first_to_second(other, x, 1);
}
