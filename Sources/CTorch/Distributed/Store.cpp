#include "Store.hpp"

#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <cstdlib>
#include <cstring>

#include "Failure.hpp"

namespace {

using Bytes = std::vector<uint8_t>;
using std::chrono::milliseconds;

Bytes bytes(const void *data, intptr_t count) {
  auto begin = static_cast<const uint8_t *>(data);
  return Bytes(begin, begin + count);
}

std::vector<std::string> texts(const char *const *items, intptr_t count) {
  return std::vector<std::string>(items, items + count);
}

void give(const Bytes &value, void **out, intptr_t *count) {
  *out = std::malloc(value.empty() ? 1 : value.size());
  if (*out == nullptr) throw std::bad_alloc();
  if (!value.empty()) std::memcpy(*out, value.data(), value.size());
  *count = static_cast<intptr_t>(value.size());
}

template <class Make>
ct_distributed_status create(ct_store *out, Make &&make) {
  *out = nullptr;
  return ct::attempt([&] { *out = new ct_store_s{make()}; });
}

}  // namespace

ct_distributed_status ct_store_tcp(const char *host, uint16_t port, int32_t world_size, bool is_server,
                                   bool waits_for_workers, int64_t timeout_ms, int32_t listen_socket, ct_store *out) {
  return create(out, [&] {
    c10d::TCPStoreOptions options;
    options.port = port;
    options.isServer = is_server;
    if (world_size > 0) options.numWorkers = static_cast<size_t>(world_size);
    options.waitWorkers = waits_for_workers;
    options.timeout = milliseconds(timeout_ms);
    if (listen_socket >= 0) options.masterListenFd = listen_socket;
    return c10::make_intrusive<c10d::TCPStore>(host, options);
  });
}
uint16_t ct_store_tcp_port(ct_store store) {
  auto tcp = dynamic_cast<c10d::TCPStore *>(store->store.get());
  return tcp == nullptr ? 0 : tcp->getPort();
}
ct_distributed_status ct_store_file(const char *path, int32_t world_size, int64_t timeout_ms, ct_store *out) {
  return create(out, [&] {
    auto store = c10::make_intrusive<c10d::FileStore>(path, world_size);
    store->setTimeout(milliseconds(timeout_ms));
    return store;
  });
}
ct_distributed_status ct_store_hash(int64_t timeout_ms, ct_store *out) {
  return create(out, [&] {
    auto store = c10::make_intrusive<c10d::HashStore>();
    store->setTimeout(milliseconds(timeout_ms));
    return store;
  });
}
ct_distributed_status ct_store_prefix(const char *prefix, ct_store store, ct_store *out) {
  return create(out, [&] { return c10::make_intrusive<c10d::PrefixStore>(prefix, store->store); });
}
void ct_store_free(ct_store store) {
  ct::attempt([&] { delete store; });
}

ct_distributed_status ct_store_set(ct_store store, const char *key, const void *data, intptr_t count) {
  return ct::attempt([&] { store->store->set(key, bytes(data, count)); });
}
ct_distributed_status ct_store_get(ct_store store, const char *key, int64_t timeout_ms, void **out_bytes,
                                   intptr_t *out_count) {
  *out_bytes = nullptr;
  *out_count = 0;
  return ct::attempt([&] {
    // The store's own time-out can't be changed for one call without changing it for other threads.
    store->store->wait({key}, milliseconds(timeout_ms));
    give(store->store->get(key), out_bytes, out_count);
  });
}
ct_distributed_status ct_store_wait(ct_store store, const char *const *keys, intptr_t count, int64_t timeout_ms) {
  return ct::attempt([&] { store->store->wait(texts(keys, count), milliseconds(timeout_ms)); });
}
ct_distributed_status ct_store_check(ct_store store, const char *const *keys, intptr_t count, bool *out) {
  *out = false;
  return ct::attempt([&] { *out = store->store->check(texts(keys, count)); });
}
ct_distributed_status ct_store_add(ct_store store, const char *key, int64_t amount, int64_t *out) {
  *out = 0;
  return ct::attempt([&] { *out = store->store->add(key, amount); });
}
ct_distributed_status ct_store_delete(ct_store store, const char *key, bool *out) {
  *out = false;
  return ct::attempt([&] { *out = store->store->deleteKey(key); });
}
ct_distributed_status ct_store_compare_set(ct_store store, const char *key, const void *expected,
                                           intptr_t expected_count, const void *desired, intptr_t desired_count,
                                           void **out_bytes, intptr_t *out_count) {
  *out_bytes = nullptr;
  *out_count = 0;
  return ct::attempt([&] {
    give(store->store->compareSet(key, bytes(expected, expected_count), bytes(desired, desired_count)), out_bytes,
         out_count);
  });
}
ct_distributed_status ct_store_key_count(ct_store store, int64_t *out) {
  *out = 0;
  return ct::attempt([&] { *out = store->store->getNumKeys(); });
}
