// libtorch's own thread pool for loops of ours. at::parallel_for is serial outside libtorch's build (it needs -fopenmp),
// so the pool is reached through libgomp's entry points, where the process has them.
#pragma once

#include <ATen/Parallel.h>
#include <dlfcn.h>

#include <cstdint>
#include <exception>

namespace ct {

struct Pool {
  using Parallel = void (*)(void (*)(void *), void *, unsigned, unsigned);
  using Number = int (*)();
  Parallel parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  Number thread = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  Number threads = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_get_num_threads"));
  Number inside = reinterpret_cast<Number>(dlsym(RTLD_DEFAULT, "omp_in_parallel"));

  static const Pool &shared() {
    static const Pool pool;
    return pool;
  }
};

// Threads that `parallel_for` would use for `count` pieces of work.
inline int64_t pool_threads(int64_t count) {
  const Pool &pool = Pool::shared();
  if (pool.parallel == nullptr || pool.thread == nullptr || pool.threads == nullptr || (pool.inside != nullptr && pool.inside() != 0)) return 1;
  return std::max<int64_t>(1, std::min<int64_t>(at::get_num_threads(), count));
}

// Work below this many elements is done by the calling thread: waking others takes longer.
constexpr int64_t kSmallWork = 32768;

// Calls body(thread, begin, end) for equal shares of 0 ..< count. `body` must not throw.
template <class Body>
void parallel_for(int64_t count, const Body &body) {
  int64_t threads = pool_threads(count);
  if (threads <= 1) {
    if (count > 0) body(int64_t{0}, int64_t{0}, count);
    return;
  }
  struct Work {
    const Body *body;
    int64_t count;
  } work{&body, count};
  Pool::shared().parallel(
      [](void *p) {
        auto *w = static_cast<Work *>(p);
        // The runtime may give fewer threads than were asked for.
        int64_t t = Pool::shared().thread(), n = Pool::shared().threads();
        int64_t begin = w->count * t / n, end = w->count * (t + 1) / n;
        if (begin < end) (*w->body)(t, begin, end);
      },
      &work, static_cast<unsigned>(threads), 0);
}

}  // namespace ct
