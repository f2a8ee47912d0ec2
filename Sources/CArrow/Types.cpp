#include "Internal.hpp"

#include <arrow/config.h>
#include <arrow/util/utf8.h>

namespace carrow {

namespace {

arrow::TimeUnit::type arrow_unit(carrow_unit unit) { return static_cast<arrow::TimeUnit::type>(unit); }
carrow_unit unit_of(arrow::TimeUnit::type unit) { return static_cast<carrow_unit>(unit); }

carrow_type type_of(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::BOOL: return CARROW_TYPE_BOOL;
    case arrow::Type::INT8: return CARROW_TYPE_INT8;
    case arrow::Type::INT16: return CARROW_TYPE_INT16;
    case arrow::Type::INT32: return CARROW_TYPE_INT32;
    case arrow::Type::INT64: return CARROW_TYPE_INT64;
    case arrow::Type::UINT8: return CARROW_TYPE_UINT8;
    case arrow::Type::UINT16: return CARROW_TYPE_UINT16;
    case arrow::Type::UINT32: return CARROW_TYPE_UINT32;
    case arrow::Type::UINT64: return CARROW_TYPE_UINT64;
    case arrow::Type::HALF_FLOAT: return CARROW_TYPE_HALF;
    case arrow::Type::FLOAT: return CARROW_TYPE_FLOAT;
    case arrow::Type::DOUBLE: return CARROW_TYPE_DOUBLE;
    case arrow::Type::STRING: return CARROW_TYPE_STRING;
    case arrow::Type::LARGE_STRING: return CARROW_TYPE_LARGE_STRING;
    case arrow::Type::BINARY: return CARROW_TYPE_BINARY;
    case arrow::Type::LARGE_BINARY: return CARROW_TYPE_LARGE_BINARY;
    case arrow::Type::DATE32: return CARROW_TYPE_DATE32;
    case arrow::Type::DATE64: return CARROW_TYPE_DATE64;
    case arrow::Type::TIME32: return CARROW_TYPE_TIME32;
    case arrow::Type::TIME64: return CARROW_TYPE_TIME64;
    case arrow::Type::TIMESTAMP: return CARROW_TYPE_TIMESTAMP;
    case arrow::Type::DURATION: return CARROW_TYPE_DURATION;
    case arrow::Type::DECIMAL128: return CARROW_TYPE_DECIMAL128;
    case arrow::Type::DECIMAL256: return CARROW_TYPE_DECIMAL256;
    case arrow::Type::LIST: return CARROW_TYPE_LIST;
    case arrow::Type::LARGE_LIST: return CARROW_TYPE_LARGE_LIST;
    case arrow::Type::FIXED_SIZE_LIST: return CARROW_TYPE_FIXED_SIZE_LIST;
    case arrow::Type::STRUCT: return CARROW_TYPE_STRUCT;
    // Conforming lets no other type through.
    default: return CARROW_TYPE_NULL;
  }
}

arrow::FieldVector child_fields(const carrow_field &field) {
  arrow::FieldVector fields;
  for (int32_t i = 0; i < field.child_count; ++i) {
    fields.push_back(arrow::field(field.children[i].name, arrow_type(field.children[i])));
  }
  return fields;
}

}  // namespace

std::shared_ptr<arrow::DataType> arrow_type(const carrow_field &field) {
  switch (field.type) {
    case CARROW_TYPE_NULL: return arrow::null();
    case CARROW_TYPE_BOOL: return arrow::boolean();
    case CARROW_TYPE_INT8: return arrow::int8();
    case CARROW_TYPE_INT16: return arrow::int16();
    case CARROW_TYPE_INT32: return arrow::int32();
    case CARROW_TYPE_INT64: return arrow::int64();
    case CARROW_TYPE_UINT8: return arrow::uint8();
    case CARROW_TYPE_UINT16: return arrow::uint16();
    case CARROW_TYPE_UINT32: return arrow::uint32();
    case CARROW_TYPE_UINT64: return arrow::uint64();
    case CARROW_TYPE_HALF: return arrow::float16();
    case CARROW_TYPE_FLOAT: return arrow::float32();
    case CARROW_TYPE_DOUBLE: return arrow::float64();
    case CARROW_TYPE_STRING: return arrow::utf8();
    case CARROW_TYPE_LARGE_STRING: return arrow::large_utf8();
    case CARROW_TYPE_BINARY: return arrow::binary();
    case CARROW_TYPE_LARGE_BINARY: return arrow::large_binary();
    case CARROW_TYPE_DATE32: return arrow::date32();
    case CARROW_TYPE_DATE64: return arrow::date64();
    case CARROW_TYPE_TIME32: return arrow::time32(arrow_unit(field.unit));
    case CARROW_TYPE_TIME64: return arrow::time64(arrow_unit(field.unit));
    case CARROW_TYPE_TIMESTAMP:
      return arrow::timestamp(arrow_unit(field.unit), field.timezone == nullptr ? "" : field.timezone);
    case CARROW_TYPE_DURATION: return arrow::duration(arrow_unit(field.unit));
    case CARROW_TYPE_DECIMAL128: return arrow::decimal128(field.precision, field.scale);
    case CARROW_TYPE_DECIMAL256: return arrow::decimal256(field.precision, field.scale);
    case CARROW_TYPE_LIST: return arrow::list(arrow_type(field.children[0]));
    case CARROW_TYPE_LARGE_LIST: return arrow::large_list(arrow_type(field.children[0]));
    case CARROW_TYPE_FIXED_SIZE_LIST: return arrow::fixed_size_list(arrow_type(field.children[0]), field.size);
    case CARROW_TYPE_STRUCT: return arrow::struct_(child_fields(field));
  }
  return arrow::null();
}

std::shared_ptr<arrow::Schema> arrow_schema(const carrow_field &root) { return arrow::schema(child_fields(root)); }

std::unique_ptr<FieldTree> FieldTree::of(const arrow::DataType &type) {
  auto tree = std::make_unique<FieldTree>();
  tree->root_.name = "";
  tree->describe(type, tree->root_);
  return tree;
}

std::unique_ptr<FieldTree> FieldTree::of(const arrow::Schema &schema) {
  auto tree = std::make_unique<FieldTree>();
  tree->root_.name = "";
  tree->root_.type = CARROW_TYPE_STRUCT;
  tree->describe(schema.fields(), tree->root_);
  return tree;
}

const char *FieldTree::keep(const std::string &text) {
  texts_.push_back(text);
  return texts_.back().c_str();
}

void FieldTree::describe(const arrow::FieldVector &fields, carrow_field &field) {
  children_.emplace_back(fields.size());
  auto &children = children_.back();
  field.children = children.data();
  field.child_count = static_cast<int32_t>(children.size());
  for (size_t i = 0; i < children.size(); ++i) {
    children[i].name = keep(fields[i]->name());
    describe(*fields[i]->type(), children[i]);
  }
}

void FieldTree::describe(const arrow::DataType &type, carrow_field &field) {
  field.type = type_of(type.id());
  switch (type.id()) {
    case arrow::Type::TIME32:
    case arrow::Type::TIME64: field.unit = unit_of(static_cast<const arrow::TimeType &>(type).unit()); break;
    case arrow::Type::DURATION: field.unit = unit_of(static_cast<const arrow::DurationType &>(type).unit()); break;
    case arrow::Type::TIMESTAMP: {
      const auto &timestamp = static_cast<const arrow::TimestampType &>(type);
      field.unit = unit_of(timestamp.unit());
      if (!timestamp.timezone().empty()) field.timezone = keep(timestamp.timezone());
      break;
    }
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      const auto &decimal = static_cast<const arrow::DecimalType &>(type);
      field.precision = decimal.precision();
      field.scale = decimal.scale();
      break;
    }
    case arrow::Type::FIXED_SIZE_LIST:
      field.size = static_cast<const arrow::FixedSizeListType &>(type).list_size();
      describe(type.fields(), field);
      break;
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::STRUCT: describe(type.fields(), field); break;
    default: break;
  }
}

}  // namespace carrow

void carrow_free_message(char *message) { std::free(message); }

const char *carrow_version(void) { return arrow::GetBuildInfo().version_string.c_str(); }

bool carrow_is_utf8(const uint8_t *bytes, int64_t size) {
  static const bool prepared = (arrow::util::InitializeUTF8(), true);
  return prepared && arrow::util::ValidateUTF8(bytes, size);
}
