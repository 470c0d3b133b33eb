// SPDX-License-Identifier: Apache-2.0
// kindred: an encoder or similarity with members whose pipeline is saved has save(writer, prefix)
struct scaled {
  static constexpr const char* name = "scaled";
  float factor = 2;
  kd::index_t dimension() const { return 4; }
  void encode(kd::context<cpu>&, kd::matrix_view<const float, cpu>, kd::matrix_view<float, cpu>) const {}
};
void save(kd::context<cpu>& ctx) { kd::retrieval::engine(ctx, scaled{}).save("file"); }
