// SPDX-License-Identifier: Apache-2.0
#include <kindred/backend/cpu.hpp>

#include "training.hpp"

namespace sentence {

std::unique_ptr<classifier> train_on_cpu(const training_task& task, const training_settings& how, const teller& told,
                                         training_curve& curve) {
  return trained(std::make_unique<kindred::context<kindred::cpu>>(how.threads), task, how, told, curve);
}
std::unique_ptr<classifier> load_on_cpu(const kindred::io::safetensors& file, const network_shape& shape, int threads) {
  return loaded(std::make_unique<kindred::context<kindred::cpu>>(threads), file, shape);
}

}  // namespace sentence
