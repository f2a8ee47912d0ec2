// Memory for what is read from one file, with a bound: lengths in a damaged file can say anything. The file's size is none,
// for a column of one value takes a few bytes whatever its length.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include <arrow/memory_pool.h>
#include <arrow/status.h>

namespace carrow {

// Arrow's arrays know the pool that they came from by address alone, so it lives until its reader is gone and the last
// array is freed.
class ReadingPool final : public arrow::MemoryPool {
 public:
  struct Release {
    void operator()(ReadingPool *pool) const { pool->drop(); }
  };
  using Handle = std::unique_ptr<ReadingPool, Release>;

  // Gives so many bytes at a time.
  static Handle of(int64_t limit) { return Handle(new ReadingPool(limit)); }

  using arrow::MemoryPool::Allocate;
  using arrow::MemoryPool::Free;
  using arrow::MemoryPool::Reallocate;
  arrow::Status Allocate(int64_t size, int64_t alignment, uint8_t **out) override;
  arrow::Status Reallocate(int64_t old_size, int64_t new_size, int64_t alignment, uint8_t **memory) override;
  void Free(uint8_t *memory, int64_t size, int64_t alignment) override;
  void ReleaseUnused() override { below_->ReleaseUnused(); }
  int64_t bytes_allocated() const override { return live_.load(); }
  int64_t max_memory() const override { return most_.load(); }
  int64_t total_bytes_allocated() const override { return total_.load(); }
  int64_t num_allocations() const override { return allocations_.load(); }
  std::string backend_name() const override { return below_->backend_name(); }

 private:
  explicit ReadingPool(int64_t limit) : limit_(limit) {}
  // Takes `size` more bytes from the room that is left.
  arrow::Status claim(int64_t size);
  void drop();

  arrow::MemoryPool *const below_ = arrow::default_memory_pool();
  const int64_t limit_;
  std::atomic<int64_t> live_{0};
  std::atomic<int64_t> most_{0};
  std::atomic<int64_t> total_{0};
  std::atomic<int64_t> allocations_{0};
  // The reader, and every piece of memory.
  std::atomic<int64_t> users_{1};
};

}  // namespace carrow
