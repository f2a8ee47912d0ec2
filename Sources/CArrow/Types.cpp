#include "Internal.hpp"

#include <arrow/config.h>
#include <arrow/util/utf8.h>

namespace carrow {

std::shared_ptr<arrow::DataType> arrow_type(carrow_type type, carrow_type element) {
  switch (type) {
    case CARROW_TYPE_BOOL: return arrow::boolean();
    case CARROW_TYPE_INT32: return arrow::int32();
    case CARROW_TYPE_INT64: return arrow::int64();
    case CARROW_TYPE_DOUBLE: return arrow::float64();
    case CARROW_TYPE_STRING: return arrow::utf8();
    case CARROW_TYPE_LIST: return arrow::list(arrow_type(element, CARROW_TYPE_NULL));
    default: return arrow::null();
  }
}

carrow_type type_of(const arrow::DataType &type) {
  switch (type.id()) {
    case arrow::Type::NA: return CARROW_TYPE_NULL;
    case arrow::Type::BOOL: return CARROW_TYPE_BOOL;
    case arrow::Type::INT32: return CARROW_TYPE_INT32;
    case arrow::Type::INT64: return CARROW_TYPE_INT64;
    case arrow::Type::DOUBLE: return CARROW_TYPE_DOUBLE;
    case arrow::Type::STRING: return CARROW_TYPE_STRING;
    case arrow::Type::LIST: return CARROW_TYPE_LIST;
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP: return CARROW_TYPE_TEMPORAL;
    case arrow::Type::BINARY: return CARROW_TYPE_BINARY;
    default: return CARROW_TYPE_OTHER;
  }
}

}  // namespace carrow

void carrow_free_message(char *message) { std::free(message); }

const char *carrow_version(void) { return arrow::GetBuildInfo().version_string.c_str(); }

bool carrow_is_utf8(const uint8_t *bytes, int64_t size) {
  static const bool prepared = (arrow::util::InitializeUTF8(), true);
  return prepared && arrow::util::ValidateUTF8(bytes, size);
}
