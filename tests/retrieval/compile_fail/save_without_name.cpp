// SPDX-License-Identifier: Apache-2.0
// kindred: an encoder or similarity whose pipeline is saved has a static member `name`
struct unnamed {
  kd::index_t dimension() const { return 4; }
  void encode(kd::context<cpu>&, kd::matrix_view<const float, cpu>, kd::matrix_view<float, cpu>) const {}
};
void save(kd::context<cpu>& ctx) { kd::retrieval::engine(ctx, unnamed{}).save("file"); }
