// Rows of bfloat16, held as their bits, are computed with in float32.
#pragma once

#include "Kernels.hpp"

namespace ct {

CT_KERNEL static void widen(const uint16_t *from, int64_t n, float *to) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits = static_cast<uint32_t>(from[i]) << 16;
    std::memcpy(to + i, &bits, sizeof bits);
  }
}
// Rounds to the nearest, ties to even; keeps what is not a number.
CT_KERNEL static void narrow(const float *from, int64_t n, uint16_t *to) {
  for (int64_t i = 0; i < n; i++) {
    uint32_t bits;
    std::memcpy(&bits, from + i, sizeof bits);
    uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1)) >> 16;
    to[i] = static_cast<uint16_t>((bits & 0x7FFFFFFFu) > 0x7F800000u ? 0x7FC0u : rounded);
  }
}

}  // namespace ct
