// SPDX-License-Identifier: Apache-2.0
#include "word_vectors.hpp"

KINDRED_FUZZ_TARGET(fuzz::word_vectors)
