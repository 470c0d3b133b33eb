// SPDX-License-Identifier: Apache-2.0
// link: -lz
#include "npz.hpp"

KINDRED_FUZZ_TARGET(fuzz::npz)
