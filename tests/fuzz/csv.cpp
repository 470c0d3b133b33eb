// SPDX-License-Identifier: Apache-2.0
#include "csv.hpp"

KINDRED_FUZZ_TARGET(fuzz::csv)
