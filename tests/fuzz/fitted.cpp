// SPDX-License-Identifier: Apache-2.0
#include "fitted.hpp"

KINDRED_FUZZ_TARGET(fuzz::fitted)
