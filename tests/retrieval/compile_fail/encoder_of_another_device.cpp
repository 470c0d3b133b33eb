// SPDX-License-Identifier: Apache-2.0
// kindred: this encoder works on another device than the pipeline
struct on_emu {
  using device = emu;
  kd::index_t dimension() const { return 4; }
  void encode(kd::context<emu>&, kd::matrix_view<const float, emu>, kd::matrix_view<float, emu>) const {}
};
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x) {
  kd::retrieval::cross_modal{kd::projection::cca{}, kd::similarity::cosine{}, on_emu{}}.fit(ctx, x, x);
}
