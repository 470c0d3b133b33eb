// SPDX-License-Identifier: Apache-2.0
#include "training.hpp"

KINDRED_FUZZ_TARGET(fuzz::training)
