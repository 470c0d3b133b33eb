// SPDX-License-Identifier: Apache-2.0
// link: -lz
#include "mat.hpp"

KINDRED_FUZZ_TARGET(fuzz::mat)
