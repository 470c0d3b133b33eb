// SPDX-License-Identifier: Apache-2.0
#include "engines.hpp"

KINDRED_FUZZ_TARGET(fuzz::engines)
