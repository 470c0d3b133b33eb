// SPDX-License-Identifier: Apache-2.0
#include "safetensors.hpp"

KINDRED_FUZZ_TARGET(fuzz::safetensors)
