// SPDX-License-Identifier: Apache-2.0
// kindred: the kind of index has no make<T>(ctx, dimension, similarity)
struct nothing {};
void make(kd::context<cpu>& ctx) {
  kd::retrieval::engine(ctx, kd::encoder::features{.columns = 4}, kd::similarity::cosine{}, nothing{});
}
