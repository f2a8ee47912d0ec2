// Making and dropping process groups.
#include "Group.hpp"

#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

// scripts/setup makes this empty file where libtorch is a build for NVIDIA GPUs and CUDA's and NCCL's headers are there.
#if __has_include(<ctorch_nccl.h>)
#define CT_HAS_NCCL 1
#ifndef USE_C10D_NCCL
#define USE_C10D_NCCL
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#else
#define CT_HAS_NCCL 0
#endif

#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <sstream>
#include <thread>

#include "Failure.hpp"
#include "Store.hpp"

namespace {

using c10d::ProcessGroup;
using c10d::ProcessGroupGloo;
using std::chrono::milliseconds;
using StorePointer = c10::intrusive_ptr<c10d::Store>;

StorePointer under(const char *prefix, const StorePointer &store) {
  return c10::make_intrusive<c10d::PrefixStore>(prefix, store);
}

std::vector<std::string> interfaces_of_environment() {
  std::vector<std::string> names;
  const char *value = std::getenv("GLOO_SOCKET_IFNAME");
  std::istringstream list(value == nullptr ? "" : value);
  for (std::string name; std::getline(list, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

c10::intrusive_ptr<c10d::Backend> make_gloo(const StorePointer &store, int rank, int size, milliseconds timeout,
                                            std::vector<std::string> interfaces, const char *hostname) {
  auto options = ProcessGroupGloo::Options::create(timeout);
  if (interfaces.empty() && hostname == nullptr) interfaces = interfaces_of_environment();
  for (const auto &name : interfaces) options->devices.push_back(ProcessGroupGloo::createDeviceForInterface(name));
  if (hostname != nullptr) options->devices.push_back(ProcessGroupGloo::createDeviceForHostname(hostname));
  if (options->devices.empty()) options->devices.push_back(ProcessGroupGloo::createDefaultDevice());
  // As many threads as PyTorch takes.
  options->threads = static_cast<int>(options->devices.size()) * 2;
  return c10::make_intrusive<ProcessGroupGloo>(store, rank, size, options);
}

#if CT_HAS_NCCL
c10::intrusive_ptr<c10d::Backend> make_nccl(const StorePointer &store, int rank, int size, milliseconds timeout) {
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = timeout;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
}
#endif

struct Latch {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_open = false;
};

constexpr std::chrono::seconds kPatience(2);

}  // namespace

namespace ct {

void drop(std::shared_ptr<void> object) noexcept {
  WithoutBrokenPipes shield;
  try {
    auto latch = std::make_shared<Latch>();
    std::thread([object = std::move(object), latch]() mutable {
      try {
        object.reset();
      } catch (...) {
        // Nobody is left to hear of it.
      }
      std::lock_guard<std::mutex> lock(latch->mutex);
      latch->is_open = true;
      latch->changed.notify_all();
    }).detach();
    std::unique_lock<std::mutex> lock(latch->mutex);
    latch->changed.wait_for(lock, kPatience, [&] { return latch->is_open; });
  } catch (...) {
    // No thread to be had: whoever still holds the object drops it.
  }
}

}  // namespace ct

bool ct_nccl_compiled(void) { return CT_HAS_NCCL; }

ct_distributed_status ct_group_create(ct_store store, int32_t rank, int32_t size, bool wants_nccl, int32_t cuda_index,
                                      const char *name, int64_t timeout_ms, const char *const *interfaces,
                                      intptr_t interface_count, const char *hostname, ct_group *out) {
  *out = nullptr;
#if !CT_HAS_NCCL
  if (wants_nccl) return ct::keep_failure(CT_DISTRIBUTED_UNSUPPORTED, "NCCL is not compiled in");
#endif
  return ct::attempt([&] {
    milliseconds timeout(timeout_ms);
    StorePointer own = under(name, store->store);
    auto group = c10::make_intrusive<ProcessGroup>(own, rank, size);
    std::vector<std::string> names(interfaces, interfaces + interface_count);
    auto host = make_gloo(under("cpu", own), rank, size, timeout, std::move(names), hostname);
    group->setBackend(c10::DeviceType::CPU, ProcessGroup::BackendType::GLOO, host);
#if CT_HAS_NCCL
    if (wants_nccl) {
      auto device = make_nccl(under("cuda", own), rank, size, timeout);
      group->setBackend(c10::DeviceType::CUDA, ProcessGroup::BackendType::NCCL, device);
      group->setDefaultBackend(ProcessGroup::BackendType::NCCL);
      group->setBoundDeviceId(at::Device(c10::DeviceType::CUDA, static_cast<c10::DeviceIndex>(cuda_index)));
    }
#endif
    if (!wants_nccl) {
      group->setBackend(c10::DeviceType::CUDA, ProcessGroup::BackendType::GLOO, host);
      group->setDefaultBackend(ProcessGroup::BackendType::GLOO);
    }
    group->setGroupName(name);
    *out = new ct_group_s{std::move(group), std::move(host), wants_nccl};
  });
}

void ct_group_free(ct_group group) {
  ct::drop(std::shared_ptr<ct_group_s>(group, [](ct_group_s *ended) {
    try {
      if (ended->has_nccl) ended->group->shutdown();
    } catch (...) {
      // A broken group has nothing left to shut down.
    }
    delete ended;
  }));
}
