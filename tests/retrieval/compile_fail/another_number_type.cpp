// SPDX-License-Identifier: Apache-2.0
// kindred: these items are of another number type than the pipeline
using engine = kd::retrieval::engine<kd::encoder::features, kd::index::flat<float, cpu>>;
void add(engine& e, kd::context<cpu>& ctx, const kd::matrix<double, cpu>& x) { e.add(ctx, x); }
