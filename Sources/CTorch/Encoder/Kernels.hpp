// Inner loops of the fast path. Each is compiled for several instruction sets; the loader picks the best.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__) && defined(__linux__)
#define CT_KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CT_KERNEL
#endif
#define CT_FAST_MATH _Pragma("clang fp reassociate(on) contract(fast)")

namespace ct {

// Without errno, so that loops over it vectorise.
inline __attribute__((always_inline)) float square_root(float x) {
#if defined(__clang__)
  return __builtin_elementwise_sqrt(x);
#else
  return __builtin_sqrtf(x);
#endif
}

// 64-bit mixing (the finaliser of splitmix64, Steele et al. 2014).
inline uint64_t mix64(uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9ull;
  x ^= x >> 27;
  x *= 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

// Key of one token at one site.
inline uint32_t site_key(int64_t token_key, int64_t site, int64_t part = 0) {
  return static_cast<uint32_t>(
      mix64(static_cast<uint64_t>(token_key) + 0x9E3779B97F4A7C15ull * static_cast<uint64_t>(site * 4096 + part + 1)));
}

// 32-bit mixing of key and counter; loops over it vectorise.
inline __attribute__((always_inline)) uint32_t mix32(uint32_t key, uint32_t counter) {
  uint32_t x = (counter + 1) * 0x9E3779B9u ^ key;
  x ^= x >> 16;
  x *= 0x7FEB352Du;
  x ^= x >> 15;
  x *= 0x846CA68Bu;
  return x ^ (x >> 16);
}

// Elements whose random number is below this are dropped.
inline uint32_t drop_threshold(double p) { return static_cast<uint32_t>(p * 4294967296.0); }

// e to the x for x <= 0, relative error below 2e-7.
inline __attribute__((always_inline)) float exp_negative(float x) {
  CT_FAST_MATH
  x = x < -87.0f ? -87.0f : x;
  float n = __builtin_rintf(x * 1.44269504088896341f);
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float y = 1.9875691500e-4f;
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  uint32_t bits = static_cast<uint32_t>(static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return y * power;
}

}  // namespace ct
