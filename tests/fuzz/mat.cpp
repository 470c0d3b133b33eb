// SPDX-License-Identifier: Apache-2.0
#include "mat.hpp"

KINDRED_FUZZ_TARGET(fuzz::mat)
