// SPDX-License-Identifier: Apache-2.0
#include "corpus.hpp"

KINDRED_FUZZ_TARGET(fuzz::corpus)
