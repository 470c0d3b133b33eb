// SPDX-License-Identifier: Apache-2.0
#include "npy.hpp"

KINDRED_FUZZ_TARGET(fuzz::npy)
