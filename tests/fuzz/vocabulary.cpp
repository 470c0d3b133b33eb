// SPDX-License-Identifier: Apache-2.0
#include "vocabulary.hpp"

KINDRED_FUZZ_TARGET(fuzz::vocabulary)
