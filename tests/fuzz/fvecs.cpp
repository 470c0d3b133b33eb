// SPDX-License-Identifier: Apache-2.0
#include "fvecs.hpp"

KINDRED_FUZZ_TARGET(fuzz::fvecs)
