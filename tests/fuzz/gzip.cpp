// SPDX-License-Identifier: Apache-2.0
// link: -lz
#include "gzip.hpp"

KINDRED_FUZZ_TARGET(fuzz::gzip)
