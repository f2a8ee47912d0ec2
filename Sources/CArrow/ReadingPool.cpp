#include "ReadingPool.hpp"

namespace carrow {

arrow::Status ReadingPool::claim(int64_t size) {
  int64_t live = live_.load();
  do {
    if (size > limit_ - live) {
      return arrow::Status::OutOfMemory("it asks for ", size, " bytes of memory where ", limit_ - live, " may be taken");
    }
  } while (!live_.compare_exchange_weak(live, live + size));
  int64_t most = most_.load();
  while (most < live + size && !most_.compare_exchange_weak(most, live + size)) {
  }
  total_ += size;
  ++allocations_;
  return arrow::Status::OK();
}

arrow::Status ReadingPool::Allocate(int64_t size, int64_t alignment, uint8_t **out) {
  if (size < 0) return arrow::Status::Invalid("a negative length");
  ARROW_RETURN_NOT_OK(claim(size));
  const auto status = below_->Allocate(size, alignment, out);
  if (status.ok()) {
    ++users_;
  } else {
    live_ -= size;
  }
  return status;
}

arrow::Status ReadingPool::Reallocate(int64_t old_size, int64_t new_size, int64_t alignment, uint8_t **memory) {
  if (new_size < 0) return arrow::Status::Invalid("a negative length");
  const int64_t more = new_size - old_size;
  if (more > 0) ARROW_RETURN_NOT_OK(claim(more));
  const auto status = below_->Reallocate(old_size, new_size, alignment, memory);
  // Given back: what a smaller piece leaves, or what a larger one did not get.
  if (status.ok() && more < 0) live_ += more;
  if (!status.ok() && more > 0) live_ -= more;
  return status;
}

void ReadingPool::Free(uint8_t *memory, int64_t size, int64_t alignment) {
  below_->Free(memory, size, alignment);
  live_ -= size;
  drop();
}

void ReadingPool::drop() {
  if (--users_ == 0) delete this;
}

}  // namespace carrow
