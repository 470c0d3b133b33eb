// SPDX-License-Identifier: Apache-2.0
// kindred: the encoder and the index of an engine work on two devices
struct on_emu {
  using device = emu;
  kd::index_t dimension() const { return 4; }
  void encode(kd::context<emu>&, kd::matrix_view<const float, emu>, kd::matrix_view<float, emu>) const {}
};
void make(kd::context<cpu>& ctx) { kd::retrieval::engine(on_emu{}, kd::index::flat<float, cpu>(ctx, 4)); }
