// SPDX-License-Identifier: Apache-2.0
// compiles
void fits(kd::context<cpu>& ctx, const kd::matrix<float, cpu>& x, const kd::batch<float, cpu>& pictures,
          const std::vector<kd::label_t>& labels) {
  auto linear = kd::retrieval::cross_modal{kd::projection::cca{}}.fit(ctx, x, x);
  linear.add_first(ctx, x);
  (void)linear.second_to_first(ctx, x, 1);
  (void)kd::retrieval::cross_modal{kd::projection::semantic{}}.fit(ctx, x, x, labels);
  kd::retrieval::engine engine(ctx, kd::encoder::features{.columns = 4});
  engine.add(ctx, x);
  engine.save("file");
  (void)pictures;
}
