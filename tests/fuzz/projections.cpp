// SPDX-License-Identifier: Apache-2.0
#include "projections.hpp"

KINDRED_FUZZ_TARGET(fuzz::projections)
