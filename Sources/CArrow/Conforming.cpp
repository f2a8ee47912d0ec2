// Arrow has more types than a data set: dictionaries, views, fixed-size binaries and extensions are brought to plain
// ones, whatever has no plain form is refused by name, and data is checked before anyone follows its offsets.
#include "Internal.hpp"

#include <arrow/array/array_base.h>
#include <arrow/array/array_dict.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/compute/api_vector.h>
#include <arrow/compute/cast.h>
#include <arrow/compute/exec.h>
#include <arrow/extension_type.h>
#include <arrow/memory_pool.h>
#include <arrow/util/key_value_metadata.h>

namespace carrow {

namespace {

constexpr int kDepthLimit = 64;
constexpr int64_t kScaleLimit = 100;

// Names cross the shim as C strings, and are text.
arrow::Status check_name(const std::string &name) {
  if (name.find('\0') == std::string::npos &&
      carrow_is_utf8(reinterpret_cast<const uint8_t *>(name.data()), static_cast<int64_t>(name.size()))) {
    return arrow::Status::OK();
  }
  return arrow::Status::TypeError("a column's or field's name holds a NUL, or isn't UTF-8");
}

arrow::Result<std::shared_ptr<arrow::DataType>> plain(const std::shared_ptr<arrow::DataType> &type,
                                                      const std::string &column, int depth) {
  if (depth > kDepthLimit) {
    return arrow::Status::TypeError("column '", column, "' nests more than ", kDepthLimit, " types");
  }
  const auto element = [&](int place) { return plain(type->field(place)->type(), column, depth + 1); };
  switch (type->id()) {
    case arrow::Type::NA:
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::HALF_FLOAT:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DURATION: return type;
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      const auto &decimal = static_cast<const arrow::DecimalType &>(*type);
      // Arrow bounds the precision alone; a scale of billions would be as many digits.
      if (std::abs(static_cast<int64_t>(decimal.scale())) > kScaleLimit) break;
      if (type->id() == arrow::Type::DECIMAL128 || type->id() == arrow::Type::DECIMAL256) return type;
      return arrow::decimal128(decimal.precision(), decimal.scale());
    }
    case arrow::Type::STRING_VIEW: return arrow::utf8();
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY: return arrow::binary();
    case arrow::Type::LIST:
    case arrow::Type::LIST_VIEW: {
      ARROW_ASSIGN_OR_RAISE(auto value, element(0));
      return arrow::list(std::move(value));
    }
    case arrow::Type::LARGE_LIST:
    case arrow::Type::LARGE_LIST_VIEW: {
      ARROW_ASSIGN_OR_RAISE(auto value, element(0));
      return arrow::large_list(std::move(value));
    }
    case arrow::Type::FIXED_SIZE_LIST: {
      ARROW_ASSIGN_OR_RAISE(auto value, element(0));
      return arrow::fixed_size_list(std::move(value), static_cast<const arrow::FixedSizeListType &>(*type).list_size());
    }
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (int i = 0; i < type->num_fields(); ++i) {
        ARROW_RETURN_NOT_OK(check_name(type->field(i)->name()));
        ARROW_ASSIGN_OR_RAISE(auto field, element(i));
        fields.push_back(arrow::field(type->field(i)->name(), std::move(field)));
      }
      return arrow::struct_(std::move(fields));
    }
    case arrow::Type::DICTIONARY:
      return plain(static_cast<const arrow::DictionaryType &>(*type).value_type(), column, depth + 1);
    case arrow::Type::EXTENSION:
      return plain(static_cast<const arrow::ExtensionType &>(*type).storage_type(), column, depth + 1);
    default: break;
  }
  return arrow::Status::TypeError("column '", column, "' is of Arrow's type ", type->ToString().substr(0, 100),
                                  ", which a data set can't hold");
}

bool has_plain_layout(arrow::Type::type id) {
  switch (id) {
    case arrow::Type::DICTIONARY:
    case arrow::Type::EXTENSION:
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64: return false;
    default: return true;
  }
}

template <typename Offset>
arrow::Status check_offsets(const arrow::ArrayData &data, int64_t limit) {
  if (data.length == 0) return arrow::Status::OK();
  const auto *offsets = data.GetValues<Offset>(1);
  // One pass without a branch in it: the order, and with the two ends the bounds.
  bool ordered = true;
  for (int64_t i = 0; i < data.length; ++i) ordered &= offsets[i] <= offsets[i + 1];
  if (!ordered || offsets[0] < 0 || offsets[data.length] > limit) {
    return arrow::Status::Invalid("an array's offsets lead outside its values");
  }
  return arrow::Status::OK();
}

arrow::Status check_structure(const arrow::ArrayData &data) {
  const auto bytes = [&] { return data.buffers[2] ? data.buffers[2]->size() : 0; };
  switch (data.type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY: ARROW_RETURN_NOT_OK(check_offsets<int32_t>(data, bytes())); break;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY: ARROW_RETURN_NOT_OK(check_offsets<int64_t>(data, bytes())); break;
    case arrow::Type::LIST: ARROW_RETURN_NOT_OK(check_offsets<int32_t>(data, data.child_data[0]->length)); break;
    case arrow::Type::LARGE_LIST: ARROW_RETURN_NOT_OK(check_offsets<int64_t>(data, data.child_data[0]->length)); break;
    default: break;
  }
  for (const auto &child : data.child_data) ARROW_RETURN_NOT_OK(check_structure(*child));
  return arrow::Status::OK();
}

arrow::Result<std::shared_ptr<arrow::Array>> bring(const std::shared_ptr<arrow::Array> &array,
                                                   const std::shared_ptr<arrow::DataType> &type,
                                                   arrow::MemoryPool *pool);

// The array with children of the types that `type` has.
arrow::Result<std::shared_ptr<arrow::Array>> bring_children(const arrow::Array &array,
                                                            const std::shared_ptr<arrow::DataType> &type,
                                                            arrow::MemoryPool *pool) {
  auto data = array.data()->Copy();
  data->type = type;
  for (size_t i = 0; i < data->child_data.size(); ++i) {
    ARROW_ASSIGN_OR_RAISE(auto child, bring(arrow::MakeArray(data->child_data[i]),
                                            type->field(static_cast<int>(i))->type(), pool));
    data->child_data[i] = child->data();
  }
  return arrow::MakeArray(std::move(data));
}

arrow::Result<std::shared_ptr<arrow::Array>> bring(const std::shared_ptr<arrow::Array> &array,
                                                   const std::shared_ptr<arrow::DataType> &type,
                                                   arrow::MemoryPool *pool) {
  arrow::compute::ExecContext context(pool);
  switch (array->type_id()) {
    case arrow::Type::EXTENSION: return bring(static_cast<const arrow::ExtensionArray &>(*array).storage(), type, pool);
    case arrow::Type::DICTIONARY: {
      const auto &dictionary = static_cast<const arrow::DictionaryArray &>(*array);
      ARROW_ASSIGN_OR_RAISE(auto values, bring(dictionary.dictionary(), type, pool));
      ARROW_ASSIGN_OR_RAISE(auto taken, arrow::compute::Take(*values, *dictionary.indices(), arrow::compute::TakeOptions::Defaults(), &context));
      return taken;
    }
    case arrow::Type::LIST_VIEW: {
      const auto &view = static_cast<const arrow::ListViewArray &>(*array);
      ARROW_ASSIGN_OR_RAISE(auto list, arrow::ListArray::FromListView(view, pool));
      return bring_children(*list, type, pool);
    }
    case arrow::Type::LARGE_LIST_VIEW: {
      const auto &view = static_cast<const arrow::LargeListViewArray &>(*array);
      ARROW_ASSIGN_OR_RAISE(auto list, arrow::LargeListArray::FromListView(view, pool));
      return bring_children(*list, type, pool);
    }
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::STRUCT: return bring_children(*array, type, pool);
    default: break;
  }
  if (array->type()->Equals(*type)) return array;
  return arrow::compute::Cast(*array, type, arrow::compute::CastOptions::Safe(), &context);
}

// Whether every array of the tree has a layout that is read as it is.
bool is_plain(const arrow::DataType &type) {
  if (!has_plain_layout(type.id())) return false;
  for (const auto &field : type.fields()) {
    if (!is_plain(*field->type())) return false;
  }
  return true;
}

}  // namespace

arrow::Result<std::shared_ptr<arrow::DataType>> conformed_type(const std::shared_ptr<arrow::DataType> &type,
                                                               const std::string &column) {
  return plain(type, column, 0);
}

arrow::Result<std::shared_ptr<arrow::Schema>> conformed_schema(const arrow::Schema &schema) {
  arrow::FieldVector fields;
  for (const auto &field : schema.fields()) {
    ARROW_RETURN_NOT_OK(check_name(field->name()));
    ARROW_ASSIGN_OR_RAISE(auto type, conformed_type(field->type(), field->name()));
    fields.push_back(arrow::field(field->name(), std::move(type)));
  }
  return arrow::schema(std::move(fields), schema.metadata());
}

arrow::Result<std::shared_ptr<arrow::Array>> conformed(const std::shared_ptr<arrow::Array> &array,
                                                       const std::shared_ptr<arrow::DataType> &type,
                                                       Check check, arrow::MemoryPool *pool) {
  const bool plain_already = is_plain(*array->type());
  // What is converted is read through, so it is checked through.
  if (!plain_already) {
    ARROW_RETURN_NOT_OK(array->ValidateFull());
  } else {
    ARROW_RETURN_NOT_OK(array->Validate());
    if (check == Check::kOffsets) ARROW_RETURN_NOT_OK(check_structure(*array->data()));
  }
  return bring(array, type, pool);
}

arrow::Result<std::shared_ptr<arrow::Table>> conformed(const std::shared_ptr<arrow::Table> &table, Check check) {
  ARROW_ASSIGN_OR_RAISE(auto schema, conformed_schema(*table->schema()));
  arrow::ChunkedArrayVector columns;
  for (int i = 0; i < table->num_columns(); ++i) {
    const auto &type = schema->field(i)->type();
    arrow::ArrayVector chunks;
    for (const auto &chunk : table->column(i)->chunks()) {
      ARROW_ASSIGN_OR_RAISE(auto array, conformed(chunk, type, check, arrow::default_memory_pool()));
      chunks.push_back(std::move(array));
    }
    columns.push_back(std::make_shared<arrow::ChunkedArray>(std::move(chunks), type));
  }
  return arrow::Table::Make(std::move(schema), std::move(columns), table->num_rows());
}

carrow_table *make_table(std::shared_ptr<arrow::Table> table) {
  auto schema = FieldTree::of(*table->schema());
  return new carrow_table{std::move(table), std::move(schema)};
}

}  // namespace carrow
