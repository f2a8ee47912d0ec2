#include "Internal.hpp"

#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>

namespace {

// Memory from malloc, freed with the last array that uses it.
class AdoptedBuffer : public arrow::Buffer {
 public:
  AdoptedBuffer(void *memory, int64_t size) : Buffer(static_cast<const uint8_t *>(memory), size), memory_(memory) {}
  ~AdoptedBuffer() override { std::free(memory_); }

 private:
  void *memory_;
};

std::shared_ptr<arrow::Buffer> adopt(void *memory, int64_t size) {
  if (memory == nullptr) return nullptr;
  return std::make_shared<AdoptedBuffer>(memory, size);
}

// Owns what the caller handed over until Arrow does.
struct Pending {
  explicit Pending(carrow_buffers &buffers) : buffers(buffers) {}
  ~Pending() {
    std::free(buffers.validity);
    std::free(buffers.offsets);
    std::free(buffers.values);
  }

  std::shared_ptr<arrow::ArrayData> array(const std::shared_ptr<arrow::DataType> &type) {
    const int64_t length = buffers.length;
    auto validity = adopt(std::exchange(buffers.validity, nullptr), (length + 7) / 8);
    auto offsets = adopt(std::exchange(buffers.offsets, nullptr), (length + 1) * 4);
    auto values = adopt(std::exchange(buffers.values, nullptr), buffers.values_size);
    std::vector<std::shared_ptr<arrow::Buffer>> all{std::move(validity)};
    if (offsets) all.push_back(std::move(offsets));
    if (type->id() != arrow::Type::LIST && type->id() != arrow::Type::NA) {
      // An empty array may have come without memory.
      all.push_back(values ? std::move(values) : std::make_shared<arrow::Buffer>(nullptr, 0));
    }
    return arrow::ArrayData::Make(type, length, std::move(all), buffers.null_count);
  }

  carrow_buffers &buffers;
};

carrow_values view(const arrow::ArrayData &data) {
  carrow_values values{};
  values.length = data.length;
  values.offset = data.offset;
  values.null_count = data.GetNullCount();
  const auto type = data.type->id();
  if (type == arrow::Type::NA) return values;
  if (!data.buffers.empty() && data.buffers[0] && values.null_count > 0) values.validity = data.buffers[0]->data();
  const bool has_offsets = type == arrow::Type::STRING || type == arrow::Type::LIST || type == arrow::Type::BINARY;
  if (has_offsets && data.buffers.size() > 1 && data.buffers[1]) {
    values.offsets = reinterpret_cast<const int32_t *>(data.buffers[1]->data());
  }
  const size_t place = has_offsets ? 2 : 1;
  if (data.buffers.size() > place && data.buffers[place]) values.values = data.buffers[place]->data();
  return values;
}

}  // namespace

carrow_type carrow_column_type(const carrow_column *column) { return carrow::type_of(*column->type); }

carrow_type carrow_column_element_type(const carrow_column *column) {
  if (column->type->id() != arrow::Type::LIST) return CARROW_TYPE_NULL;
  return carrow::type_of(*column->type->field(0)->type());
}

const char *carrow_column_type_name(const carrow_column *column) { return column->type_name.c_str(); }

int64_t carrow_column_length(const carrow_column *column) {
  int64_t length = 0;
  for (const auto &chunk : column->chunks) length += chunk->length();
  return length;
}

int32_t carrow_column_chunk_count(const carrow_column *column) { return static_cast<int32_t>(column->chunks.size()); }

carrow_chunk carrow_column_chunk(const carrow_column *column, int32_t index) {
  carrow_chunk chunk{};
  const auto &data = *column->chunks[index]->data();
  chunk.rows = view(data);
  if (data.type->id() == arrow::Type::LIST && !data.child_data.empty()) chunk.elements = view(*data.child_data[0]);
  return chunk;
}

void carrow_column_release(carrow_column *column) { delete column; }

carrow_status carrow_column_create(carrow_type type, carrow_type element, carrow_column **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto data_type = carrow::arrow_type(type, element);
    auto name = data_type->ToString();
    *result = new carrow_column{std::move(data_type), {}, std::move(name)};
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_append(carrow_column *column, carrow_buffers rows, carrow_buffers elements,
                                   char **message) {
  Pending pending_rows(rows);
  Pending pending_elements(elements);
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto data = pending_rows.array(column->type);
    if (column->type->id() == arrow::Type::LIST) {
      data->child_data.push_back(pending_elements.array(column->type->field(0)->type()));
    }
    auto array = arrow::MakeArray(data);
    ARROW_RETURN_NOT_OK(array->Validate());
    column->chunks.push_back(std::move(array));
    return arrow::Status::OK();
  });
}
