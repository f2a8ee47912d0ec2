// What the shim's sources share: handles, types both ways, and the fence that no exception passes.
#pragma once

#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <arrow/chunked_array.h>
#include <arrow/result.h>
#include <arrow/status.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "carrow.h"

namespace carrow {

// An Arrow type or schema as C structures, and the memory behind them.
class FieldTree {
 public:
  FieldTree() = default;
  FieldTree(const FieldTree &) = delete;
  FieldTree &operator=(const FieldTree &) = delete;

  static std::unique_ptr<FieldTree> of(const arrow::DataType &type);
  static std::unique_ptr<FieldTree> of(const arrow::Schema &schema);
  const carrow_field *root() const { return &root_; }

 private:
  void describe(const arrow::DataType &type, carrow_field &field);
  void describe(const arrow::FieldVector &fields, carrow_field &field);
  const char *keep(const std::string &text);

  carrow_field root_{};
  std::deque<std::vector<carrow_field>> children_;
  std::deque<std::string> texts_;
};

// The views of one chunk and its children.
struct ChunkView {
  carrow_array root{};
  std::deque<std::vector<carrow_array>> children;
};

}  // namespace carrow

struct carrow_table {
  std::shared_ptr<arrow::Table> table;
  std::unique_ptr<carrow::FieldTree> schema;
};

struct carrow_column {
  explicit carrow_column(std::shared_ptr<arrow::DataType> type)
      : type(std::move(type)), described(carrow::FieldTree::of(*this->type)) {}

  // Adds a chunk of the column's type.
  void append(std::shared_ptr<arrow::Array> array);

  std::shared_ptr<arrow::DataType> type;
  std::unique_ptr<carrow::FieldTree> described;
  arrow::ArrayVector chunks;
  std::deque<carrow::ChunkView> views;
};

namespace carrow {

inline char *copy_message(const char *text) {
  const size_t size = std::strlen(text) + 1;
  auto *copy = static_cast<char *>(std::malloc(size));
  if (copy != nullptr) std::memcpy(copy, text, size);
  return copy;
}

inline carrow_status report(const arrow::Status &status, char **message) {
  if (status.ok()) return CARROW_OK;
  if (message != nullptr) *message = copy_message(status.message().c_str());
  if (status.IsOutOfMemory()) return CARROW_OUT_OF_MEMORY;
  // Arrow has no status code of its own for this.
  if (status.message().find("straddles two block boundaries") != std::string::npos) return CARROW_ROW_EXCEEDS_BLOCK;
  if (status.IsTypeError()) return CARROW_UNSUPPORTED;
  if (status.IsIOError()) return CARROW_IO;
  return status.IsInvalid() ? CARROW_INVALID : CARROW_FAILED;
}

// Runs `body`, which returns an arrow::Status, and turns whatever happens into a status and a message.
template <typename Body>
carrow_status guarded(char **message, Body &&body) noexcept {
  try {
    return report(body(), message);
  } catch (const std::bad_alloc &) {
    if (message != nullptr) *message = copy_message("out of memory");
    return CARROW_OUT_OF_MEMORY;
  } catch (const std::exception &error) {
    if (message != nullptr) *message = copy_message(error.what());
    return CARROW_FAILED;
  } catch (...) {
    if (message != nullptr) *message = copy_message("unknown failure in Arrow");
    return CARROW_FAILED;
  }
}

// How far data is checked before it is handed out.
enum class Check {
  // That the buffers are as large as the lengths say.
  kSizes,
  // And that every offset stays inside.
  kOffsets
};

// Types.cpp
std::shared_ptr<arrow::DataType> arrow_type(const carrow_field &field);
std::shared_ptr<arrow::Schema> arrow_schema(const carrow_field &root);

// Conforming.cpp
// The type that a data set keeps `type` as; a TypeError, which names `column`, where it has no place for it.
arrow::Result<std::shared_ptr<arrow::DataType>> conformed_type(const std::shared_ptr<arrow::DataType> &type,
                                                               const std::string &column);
arrow::Result<std::shared_ptr<arrow::Schema>> conformed_schema(const arrow::Schema &schema);
// Checks the array and gives it as the type of `conformed_type`, in memory of `pool` where it isn't of that type yet.
arrow::Result<std::shared_ptr<arrow::Array>> conformed(const std::shared_ptr<arrow::Array> &array,
                                                       const std::shared_ptr<arrow::DataType> &type,
                                                       Check check, arrow::MemoryPool *pool);
arrow::Result<std::shared_ptr<arrow::Table>> conformed(const std::shared_ptr<arrow::Table> &table, Check check);

carrow_table *make_table(std::shared_ptr<arrow::Table> table);

}  // namespace carrow
