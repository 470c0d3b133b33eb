// SPDX-License-Identifier: Apache-2.0
#include "models.hpp"

KINDRED_FUZZ_TARGET(fuzz::models)
