// SPDX-License-Identifier: Apache-2.0
// kindred: the similarity has no score(ctx, a, b, scores)
struct nothing {};
void make(kd::context<cpu>& ctx) { kd::retrieval::engine(ctx, kd::encoder::features{.columns = 4}, nothing{}); }
