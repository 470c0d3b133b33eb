// SPDX-License-Identifier: Apache-2.0
// link: -llzma
#include "xz.hpp"

KINDRED_FUZZ_TARGET(fuzz::xz)
