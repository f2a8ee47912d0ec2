#include "Internal.hpp"

#include <algorithm>
#include <utility>

#include <arrow/array/array_base.h>
#include <arrow/array/builder_base.h>
#include <arrow/array/data.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>
#include <arrow/compute/cast.h>
#include <arrow/memory_pool.h>
#include <arrow/util/bit_util.h>

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
class Pending {
 public:
  explicit Pending(carrow_buffers &root) : root_(root) {}
  ~Pending() { release(root_); }

  std::shared_ptr<arrow::ArrayData> array(const std::shared_ptr<arrow::DataType> &type) { return make(root_, type); }

 private:
  static void release(carrow_buffers &buffers) {
    std::free(std::exchange(buffers.validity, nullptr));
    std::free(std::exchange(buffers.offsets, nullptr));
    std::free(std::exchange(buffers.values, nullptr));
    for (int32_t i = 0; i < buffers.child_count; ++i) release(buffers.children[i]);
  }

  static std::shared_ptr<arrow::ArrayData> make(carrow_buffers &buffers, const std::shared_ptr<arrow::DataType> &type) {
    const int64_t length = buffers.length;
    auto validity = adopt(std::exchange(buffers.validity, nullptr), arrow::bit_util::BytesForBits(length));
    auto offsets = adopt(std::exchange(buffers.offsets, nullptr), buffers.offsets_size);
    auto values = adopt(std::exchange(buffers.values, nullptr), buffers.values_size);
    std::vector<std::shared_ptr<arrow::Buffer>> all{std::move(validity)};
    if (offsets) all.push_back(std::move(offsets));
    if (type->num_fields() == 0 && type->id() != arrow::Type::NA && type->id() != arrow::Type::STRUCT) {
      // An empty array may have come without memory.
      all.push_back(values ? std::move(values) : std::make_shared<arrow::Buffer>(nullptr, 0));
    }
    std::vector<std::shared_ptr<arrow::ArrayData>> children;
    for (int32_t i = 0; i < buffers.child_count; ++i) {
      children.push_back(make(buffers.children[i], type->field(i)->type()));
    }
    return arrow::ArrayData::Make(type, length, std::move(all), std::move(children), buffers.null_count);
  }

  carrow_buffers &root_;
};

void view(const arrow::ArrayData &data, int64_t parent_offset, carrow_array &array,
          std::deque<std::vector<carrow_array>> &arena) {
  array.length = data.length;
  array.offset = parent_offset + data.offset;
  array.null_count = data.GetNullCount();
  const auto type = data.type->id();
  if (type == arrow::Type::NA) return;
  if (!data.buffers.empty() && data.buffers[0] && array.null_count > 0) array.validity = data.buffers[0]->data();
  size_t place = 1;
  switch (type) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::LIST: array.offset_width = 4; break;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::LARGE_LIST: array.offset_width = 8; break;
    case arrow::Type::FIXED_SIZE_LIST:
      array.list_size = static_cast<const arrow::FixedSizeListType &>(*data.type).list_size();
      break;
    default: break;
  }
  if (array.offset_width > 0) {
    if (data.buffers.size() > 1 && data.buffers[1]) array.offsets = data.buffers[1]->data();
    place = 2;
  }
  if (data.buffers.size() > place && data.buffers[place]) {
    array.values = data.buffers[place]->data();
    array.values_size = data.buffers[place]->size();
  }
  if (data.child_data.empty()) return;
  arena.emplace_back(data.child_data.size());
  auto &children = arena.back();
  array.children = children.data();
  array.child_count = static_cast<int32_t>(children.size());
  // A struct's rows are its children's; a list's offsets count from its child's first element.
  const int64_t inherited = type == arrow::Type::STRUCT ? array.offset : 0;
  for (size_t i = 0; i < children.size(); ++i) view(*data.child_data[i], inherited, children[i], arena);
}

arrow::Status same_type(const arrow::DataType &type, const arrow::DataType &wanted) {
  if (type.Equals(wanted)) return arrow::Status::OK();
  return arrow::Status::Invalid("a column of ", type.ToString(), " where ", wanted.ToString(), " is wanted");
}

// The chunk that holds `row`, given each chunk's first row.
size_t chunk_of(const std::vector<int64_t> &starts, int64_t row) {
  return static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), row) - starts.begin()) - 1;
}

}  // namespace

void carrow_column::append(std::shared_ptr<arrow::Array> array) {
  views.emplace_back();
  view(*array->data(), 0, views.back().root, views.back().children);
  chunks.push_back(std::move(array));
}

const carrow_field *carrow_column_type(const carrow_column *column) { return column->described->root(); }

int32_t carrow_column_chunk_count(const carrow_column *column) { return static_cast<int32_t>(column->chunks.size()); }

const carrow_array *carrow_column_chunk(const carrow_column *column, int32_t index) {
  return &column->views[static_cast<size_t>(index)].root;
}

void carrow_column_release(carrow_column *column) { delete column; }

carrow_status carrow_column_create(const carrow_field *type, carrow_column **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    *result = new carrow_column(carrow::arrow_type(*type));
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_append(carrow_column *column, carrow_buffers *buffers, char **message) {
  Pending pending(*buffers);
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto array = arrow::MakeArray(pending.array(column->type));
    ARROW_RETURN_NOT_OK(array->Validate());
    column->append(std::move(array));
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_concatenate(const carrow_column *const *columns, int32_t count, carrow_column **result,
                                        char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    if (count == 0) return arrow::Status::Invalid("no column was given");
    auto joined = std::make_unique<carrow_column>(columns[0]->type);
    for (int32_t i = 0; i < count; ++i) {
      ARROW_RETURN_NOT_OK(same_type(*columns[i]->type, *joined->type));
      for (const auto &chunk : columns[i]->chunks) joined->append(chunk);
    }
    *result = joined.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_slice(const carrow_column *column, int64_t start, int64_t length, carrow_column **result,
                                  char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto slice = std::make_unique<carrow_column>(column->type);
    int64_t first = 0;
    for (const auto &chunk : column->chunks) {
      const int64_t from = std::max(start - first, int64_t{0});
      const int64_t to = std::min(start + length - first, chunk->length());
      if (from < to) slice->append(chunk->Slice(from, to - from));
      first += chunk->length();
    }
    *result = slice.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_gather(const carrow_column *column, const int64_t *rows, int64_t count,
                                   carrow_column **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    std::vector<int64_t> starts;
    int64_t length = 0;
    for (const auto &chunk : column->chunks) {
      starts.push_back(length);
      length += chunk->length();
    }
    std::unique_ptr<arrow::ArrayBuilder> builder;
    ARROW_RETURN_NOT_OK(arrow::MakeBuilder(arrow::default_memory_pool(), column->type, &builder));
    ARROW_RETURN_NOT_OK(builder->Reserve(count));
    for (int64_t i = 0; i < count;) {
      if (rows[i] < 0 || rows[i] >= length) return arrow::Status::Invalid("row ", rows[i], " of ", length);
      const size_t chunk = chunk_of(starts, rows[i]);
      const int64_t first = rows[i] - starts[chunk];
      // Rows that follow one another are copied at once.
      int64_t run = 1;
      while (i + run < count && rows[i + run] == rows[i] + run && first + run < column->chunks[chunk]->length()) ++run;
      ARROW_RETURN_NOT_OK(builder->AppendArraySlice(arrow::ArraySpan(*column->chunks[chunk]->data()), first, run));
      i += run;
    }
    std::shared_ptr<arrow::Array> array;
    ARROW_RETURN_NOT_OK(builder->Finish(&array));
    auto gathered = std::make_unique<carrow_column>(column->type);
    gathered->append(std::move(array));
    *result = gathered.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_column_cast(const carrow_column *column, const carrow_field *type, carrow_column **result,
                                 char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto wanted = carrow::arrow_type(*type);
    auto cast = std::make_unique<carrow_column>(wanted);
    for (const auto &chunk : column->chunks) {
      if (chunk->type_id() == arrow::Type::NA) {
        ARROW_ASSIGN_OR_RAISE(auto nulls, arrow::MakeArrayOfNull(wanted, chunk->length()));
        cast->append(std::move(nulls));
        continue;
      }
      ARROW_ASSIGN_OR_RAISE(auto array, arrow::compute::Cast(*chunk, wanted));
      cast->append(std::move(array));
    }
    *result = cast.release();
    return arrow::Status::OK();
  });
}
