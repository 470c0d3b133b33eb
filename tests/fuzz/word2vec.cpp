// SPDX-License-Identifier: Apache-2.0
#include "word2vec.hpp"

KINDRED_FUZZ_TARGET(fuzz::word2vec)
