// What the shim's sources share: handles, type names both ways, and the fence that no exception passes.
#pragma once

#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include <arrow/chunked_array.h>
#include <arrow/status.h>
#include <arrow/table.h>
#include <arrow/type.h>

#include "carrow.h"

struct carrow_table {
  std::shared_ptr<arrow::Table> table;
};

struct carrow_column {
  std::shared_ptr<arrow::DataType> type;
  arrow::ArrayVector chunks;
  std::string type_name;
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

std::shared_ptr<arrow::DataType> arrow_type(carrow_type type, carrow_type element);
carrow_type type_of(const arrow::DataType &type);

}  // namespace carrow
