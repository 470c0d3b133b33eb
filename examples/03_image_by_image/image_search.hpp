// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pictures.hpp"
#include "results.hpp"
#include "settings.hpp"

namespace image {

/// Trains an encoder with each loss on the training half, finds pictures of the test half by each other, and measures
/// how well that went, beside raw pixels and, where pictures have words, beside a search by words. Says on stderr how
/// far it is.
///
/// Determinism  the same numbers for any number of threads, and whether training was stopped and gone on with or not.
results run_on_cpu(const picture_set& set, const settings& how);

/// The same on a GPU. Errors  kindred::device_error when the program was built without CUDA or finds no GPU.
results run_on_cuda(const picture_set& set, const settings& how);

/// Throws what run_on_cuda would throw before it starts.
void check_cuda();

}  // namespace image
