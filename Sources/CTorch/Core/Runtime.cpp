#include "ctorch_runtime.h"

#include "Convert.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <ATen/ops/randperm_ops.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/headeronly/version.h>

#include <cstring>
#include <mutex>


// On AMD processors MKL takes a slow path unless this function, which it looks up by name, says yes. It must be seen
// before libtorch's own copy, so it is exported from the program.
extern "C" __attribute__((used, visibility("default"))) int mkl_serv_intel_cpu_true(void) { return 1; }

namespace {
at::Generator generator(ct_device device) {
  if (device.type <= 0) return at::detail::getDefaultCPUGenerator();
  return at::globalContext().defaultGenerator(*ct::maybe_device(device));
}
}  // namespace

const char *ct_version(void) { return TORCH_VERSION; }
ct_status ct_build_configuration(char **out) {
  *out = nullptr;
  return ct::guard("configuration", {}, [&] { *out = strdup(at::show_config().c_str()); });
}

bool ct_cuda_available(void) { return at::hasCUDA(); }
int32_t ct_cuda_device_count(void) { return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }
ct_status ct_synchronize(ct_device device) {
  return ct::guard("synchronize", {}, [&] {
    if (device.type <= 0) return;
    auto d = *ct::maybe_device(device);
    c10::impl::VirtualGuardImpl(d.type()).synchronizeDevice(d.has_index() ? d.index() : 0);
  });
}

int32_t ct_thread_count(void) { return at::get_num_threads(); }
void ct_set_thread_count(int32_t count) { at::set_num_threads(count); }

ct_status ct_manual_seed(uint64_t seed) {
  return ct::guard("manualSeed", {}, [&] { at::manual_seed(seed); });
}
ct_status ct_initial_seed(ct_device device, uint64_t *out) {
  *out = 0;
  return ct::guard("initialSeed", {}, [&] { *out = generator(device).current_seed(); });
}
ct_status ct_rng_state(ct_device device, ct_tensor *out) {
  return ct::guard1("rngState", {}, out, [&] {
    auto g = generator(device);
    std::lock_guard<std::mutex> lock(g.mutex());
    return g.get_state();
  });
}
ct_status ct_set_rng_state(ct_device device, ct_tensor state) {
  return ct::guard("setRngState", {state}, [&] {
    auto g = generator(device);
    std::lock_guard<std::mutex> lock(g.mutex());
    g.set_state(ct::ref(state));
  });
}
ct_status ct_seeded_randperm(uint64_t seed, intptr_t n, int64_t *out) {
  return ct::guard("randperm", {}, [&] {
    auto g = at::detail::createCPUGenerator(seed);
    auto order = at::_ops::randperm_generator::call(n, g, at::kLong, std::nullopt, std::nullopt, std::nullopt);
    if (n > 0) std::memcpy(out, order.data_ptr(), sizeof(int64_t) * static_cast<size_t>(n));
  });
}
