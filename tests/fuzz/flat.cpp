// SPDX-License-Identifier: Apache-2.0
#include "flat.hpp"

KINDRED_FUZZ_TARGET(fuzz::flat)
