// SPDX-License-Identifier: Apache-2.0
#include "npz.hpp"

KINDRED_FUZZ_TARGET(fuzz::npz)
