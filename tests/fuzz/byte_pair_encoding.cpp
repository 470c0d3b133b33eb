// SPDX-License-Identifier: Apache-2.0
#include "byte_pair_encoding.hpp"

KINDRED_FUZZ_TARGET(fuzz::byte_pair_encoding)
