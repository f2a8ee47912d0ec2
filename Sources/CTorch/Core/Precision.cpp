#include "ctorch_precision.h"

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include "Convert.hpp"

namespace {

at::DeviceType type(int8_t number) { return static_cast<at::DeviceType>(number); }

}  // namespace

ct_autocast ct_autocast_current(int8_t device_type) {
  auto device = type(device_type);
  return {device_type, static_cast<int8_t>(at::autocast::get_autocast_dtype(device)),
          at::autocast::is_autocast_enabled(device), at::autocast::is_autocast_cache_enabled()};
}

ct_autocast ct_autocast_enter(ct_autocast wanted) {
  ct_autocast before = ct_autocast_current(wanted.device_type);
  auto device = type(wanted.device_type);
  at::autocast::set_autocast_enabled(device, wanted.enabled);
  at::autocast::set_autocast_dtype(device, static_cast<at::ScalarType>(wanted.dtype));
  at::autocast::increment_nesting();
  at::autocast::set_autocast_cache_enabled(wanted.caches);
  return before;
}

void ct_autocast_leave(ct_autocast before) {
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  auto device = type(before.device_type);
  at::autocast::set_autocast_enabled(device, before.enabled);
  at::autocast::set_autocast_dtype(device, static_cast<at::ScalarType>(before.dtype));
  at::autocast::set_autocast_cache_enabled(before.caches);
}

void ct_autocast_clear_cache(void) { at::autocast::clear_cache(); }

bool ct_allows_tf32(void) { return at::globalContext().allowTF32CuBLAS(); }
void ct_set_allows_tf32(bool value) {
  at::globalContext().setAllowTF32CuBLAS(value);
  at::globalContext().setAllowTF32CuDNN(value);
}

bool ct_deterministic(void) { return at::globalContext().deterministicAlgorithms(); }
void ct_set_deterministic(bool value) {
  at::globalContext().setDeterministicAlgorithms(value, false);
  at::globalContext().setDeterministicCuDNN(value);
  if (value) at::globalContext().setBenchmarkCuDNN(false);
}

bool ct_cuda_capability(int32_t device, int32_t *major, int32_t *minor) {
  // libtorch asks the CUDA runtime, which it has loaded; its own interface for this is not the same in all releases.
  using Attribute = int (*)(int *, int, int);
  auto attribute = reinterpret_cast<Attribute>(dlsym(RTLD_DEFAULT, "cudaDeviceGetAttribute"));
  constexpr int kMajor = 75, kMinor = 76;
  int a = 0, b = 0;
  if (attribute == nullptr || attribute(&a, kMajor, device) != 0 || attribute(&b, kMinor, device) != 0) return false;
  *major = a;
  *minor = b;
  return true;
}

ct_status ct_empty_cache(ct_device device) {
  return ct::guard("emptyCache", {}, [&] {
    if (device.type <= 0) return;
    at::globalContext().lazyInitDevice(type(device.type));
    c10::getDeviceAllocator(type(device.type))->emptyCache();
  });
}
