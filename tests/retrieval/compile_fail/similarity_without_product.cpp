// SPDX-License-Identifier: Apache-2.0
// kindred: the index cannot search with this similarity
struct scores_only {
  template <class T, class D>
  void score(kd::context<D>&, kd::const_matrix<T, D>, kd::const_matrix<T, D>, kd::matrix_view<T, D>) const {}
};
void fit(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::matrix<float, cpu>& y) {
  kd::retrieval::cross_modal{kd::projection::cca{}, scores_only{}}.fit(ctx, x, y);
}
