// SPDX-License-Identifier: Apache-2.0
// What every case starts with; compiled once per compiler and included by it. `x` and `y` are rows of two kinds of
// things.
#include <kindred/backend/cpu.hpp>
#include <kindred/backend/emu.hpp>
#include <kindred/io/safetensors_writer.hpp>
#include <kindred/projection/cca.hpp>
#include <kindred/projection/semantic.hpp>
#include <kindred/retrieval/cross_modal.hpp>
#include <kindred/retrieval/engine.hpp>
#include <kindred/similarity/normalized_correlation.hpp>
#include <string>
#include <vector>

namespace kd = kindred;
using kd::cpu;
using kd::emu;
