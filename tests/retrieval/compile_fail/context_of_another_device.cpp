// SPDX-License-Identifier: Apache-2.0
// kindred: this context is of another device than the pipeline
using engine = kd::retrieval::engine<kd::encoder::features, kd::index::flat<float, cpu>>;
void add(engine& e, kd::context<emu>& ctx, const kd::matrix<float, cpu>& x) { e.add(ctx, x); }
