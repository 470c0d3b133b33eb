// SPDX-License-Identifier: Apache-2.0
// kindred: this encoder gives a sequence of rows for each item, but a search compares one row with one row
struct regions_of {
  kd::index_t dimension() const { return 4; }
  template <class T, class D>
  void encode(kd::context<D>&, kd::const_matrix<T, D>, kd::batch_view<T, D>) const {}
};
void add(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x) {
  kd::retrieval::engine engine(ctx, regions_of{});
  engine.add(ctx, x);
}
