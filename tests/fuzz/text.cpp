// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

KINDRED_FUZZ_TARGET(fuzz::text)
