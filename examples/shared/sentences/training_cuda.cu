// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cuda.cuh>

#include "training.hpp"

namespace sentence {

void check_cuda() { kindred::context<kindred::cuda> ctx; }

std::unique_ptr<classifier> train_on_cuda(const training_task& task, const training_settings& how, const teller& told,
                                          training_curve& curve) {
  return trained(std::make_unique<kindred::context<kindred::cuda>>(), task, how, told, curve);
}
std::unique_ptr<classifier> load_on_cuda(const kindred::io::safetensors& file, const network_shape& shape) {
  return loaded(std::make_unique<kindred::context<kindred::cuda>>(), file, shape);
}

}  // namespace sentence
