// SPDX-License-Identifier: Apache-2.0
// kindred: the index or projection of a pipeline that is saved has save(writer, prefix)
struct forgetful {
  using value_type = float;
  using device = cpu;
  void add(kd::context<cpu>&, kd::const_matrix<float, cpu>) {}
  kd::op::hits<float, cpu> search(kd::context<cpu>&, kd::const_matrix<float, cpu>, kd::index_t) const;
  kd::index_t size() const { return 0; }
  kd::index_t dimension() const { return 4; }
};
void save() { kd::retrieval::engine(kd::encoder::features{}, forgetful{}).save("file"); }
