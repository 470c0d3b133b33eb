// SPDX-License-Identifier: Apache-2.0
// Knows the plug-in by a function of C; nothing of kindred is in it.
#include <cstdio>

extern "C" double trace(long rows, long width);

int main() {
  const double found = trace(4, 3);
  std::printf("trace %g\n", found);
  return found == 42.0 ? 0 : 1;
}
