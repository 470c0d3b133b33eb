// SPDX-License-Identifier: Apache-2.0
#include "trec.hpp"

KINDRED_FUZZ_TARGET(fuzz::trec)
