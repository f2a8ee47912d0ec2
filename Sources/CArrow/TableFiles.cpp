// Arrow and Parquet files, read batch by batch.
#include "Internal.hpp"
#include "ReadingPool.hpp"

#include <algorithm>
#include <limits>

#include <arrow/array/array_base.h>
#include <arrow/io/file.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/reader.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>
#include <parquet/properties.h>

struct carrow_reader {
  explicit carrow_reader(carrow::ReadingPool::Handle pool) : pool(std::move(pool)) {}
  virtual ~carrow_reader() = default;
  // The next batch as the file has it; null at the end.
  virtual arrow::Result<std::shared_ptr<arrow::RecordBatch>> next() = 0;

  // First, so that it goes last.
  carrow::ReadingPool::Handle pool;
  std::shared_ptr<arrow::Schema> schema;
  std::unique_ptr<carrow::FieldTree> described;
  int64_t row_count = -1;
  int64_t byte_count = 0;

  arrow::Status describe(const arrow::Schema &found) {
    ARROW_ASSIGN_OR_RAISE(schema, carrow::conformed_schema(found));
    described = carrow::FieldTree::of(*schema);
    return arrow::Status::OK();
  }
};

namespace {

class StreamReader : public carrow_reader {
 public:
  StreamReader(carrow::ReadingPool::Handle pool, std::shared_ptr<arrow::RecordBatchReader> reader)
      : carrow_reader(std::move(pool)), reader_(std::move(reader)) {}
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> next() override { return reader_->Next(); }

 private:
  std::shared_ptr<arrow::RecordBatchReader> reader_;
};

class FileReader : public carrow_reader {
 public:
  FileReader(carrow::ReadingPool::Handle pool, std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader)
      : carrow_reader(std::move(pool)), reader_(std::move(reader)) {}
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> next() override {
    if (place_ == reader_->num_record_batches()) return nullptr;
    return reader_->ReadRecordBatch(place_++);
  }

 private:
  std::shared_ptr<arrow::ipc::RecordBatchFileReader> reader_;
  int place_ = 0;
};

class ParquetReader : public carrow_reader {
 public:
  ParquetReader(carrow::ReadingPool::Handle pool, std::unique_ptr<parquet::arrow::FileReader> file,
                std::unique_ptr<arrow::RecordBatchReader> batches)
      : carrow_reader(std::move(pool)), file_(std::move(file)), batches_(std::move(batches)) {}
  arrow::Result<std::shared_ptr<arrow::RecordBatch>> next() override { return batches_->Next(); }

 private:
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
};

constexpr int64_t kBatchRowLimit = std::numeric_limits<int32_t>::max();
constexpr int64_t kRowLimit = int64_t{1} << 40;

bool has_file_magic(const arrow::Buffer &start) {
  return start.size() >= 6 && std::memcmp(start.data(), "ARROW1", 6) == 0;
}

// The leaf columns below the top-level columns of these names.
arrow::Result<std::vector<int>> leaves(const parquet::FileMetaData &metadata, const char *const *columns,
                                       int32_t column_count) {
  const auto *schema = metadata.schema();
  std::vector<int> places;
  for (int32_t i = 0; i < column_count; ++i) {
    const size_t before = places.size();
    for (int leaf = 0; leaf < schema->num_columns(); ++leaf) {
      if (schema->GetColumnRoot(leaf)->name() == columns[i]) places.push_back(leaf);
    }
    if (places.size() == before) return arrow::Status::KeyError(columns[i]);
  }
  return places;
}

arrow::Result<std::shared_ptr<arrow::Table>> table_of(carrow_reader &reader, arrow::RecordBatchVector batches) {
  arrow::ChunkedArrayVector columns;
  int64_t rows = 0;
  for (const auto &batch : batches) {
    // Columns without buffers can say anything; no writer makes larger batches.
    if (batch->num_rows() > kBatchRowLimit || rows > kRowLimit) {
      return arrow::Status::Invalid("it says that it holds more rows than any file can");
    }
    rows += batch->num_rows();
  }
  for (int i = 0; i < reader.schema->num_fields(); ++i) {
    const auto &type = reader.schema->field(i)->type();
    arrow::ArrayVector chunks;
    for (const auto &batch : batches) {
      if (batch->num_columns() != reader.schema->num_fields()) {
        return arrow::Status::Invalid("a batch has ", batch->num_columns(), " columns where the schema has ",
                                      reader.schema->num_fields());
      }
      // A batch and its columns each say how many rows there are.
      if (batch->column(i)->length() != batch->num_rows()) {
        return arrow::Status::Invalid("a column has ", batch->column(i)->length(), " rows where its batch has ",
                                      batch->num_rows());
      }
      ARROW_ASSIGN_OR_RAISE(auto array, carrow::conformed(batch->column(i), type, carrow::Check::kOffsets, reader.pool.get()));
      chunks.push_back(std::move(array));
    }
    columns.push_back(std::make_shared<arrow::ChunkedArray>(std::move(chunks), type));
  }
  return arrow::Table::Make(reader.schema, std::move(columns), rows);
}

}  // namespace

carrow_status carrow_open_arrow(const char *path, int64_t memory_limit, carrow_reader **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::MemoryMappedFile::Open(path, arrow::io::FileMode::READ));
    ARROW_ASSIGN_OR_RAISE(const int64_t size, file->GetSize());
    ARROW_ASSIGN_OR_RAISE(auto start, file->ReadAt(0, 8));
    auto pool = carrow::ReadingPool::of(memory_limit);
    auto options = arrow::ipc::IpcReadOptions::Defaults();
    options.memory_pool = pool.get();
    // Swift reads buffers as arrays of their type.
    options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
    std::unique_ptr<carrow_reader> reader;
    std::shared_ptr<arrow::Schema> schema;
    if (has_file_magic(*start)) {
      ARROW_ASSIGN_OR_RAISE(auto batches, arrow::ipc::RecordBatchFileReader::Open(file, options));
      schema = batches->schema();
      reader = std::make_unique<FileReader>(std::move(pool), std::move(batches));
    } else {
      ARROW_ASSIGN_OR_RAISE(auto batches, arrow::ipc::RecordBatchStreamReader::Open(file, options));
      schema = batches->schema();
      reader = std::make_unique<StreamReader>(std::move(pool), std::move(batches));
    }
    ARROW_RETURN_NOT_OK(reader->describe(*schema));
    reader->byte_count = size;
    *result = reader.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_open_parquet(const char *path, const char *const *columns, int32_t column_count,
                                  int64_t batch_size, int64_t memory_limit, carrow_reader **result,
                                  char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::ReadableFile::Open(path));
    auto pool = carrow::ReadingPool::of(memory_limit);
    parquet::ReaderProperties properties(pool.get());
    // Pages, not whole column chunks, so that memory doesn't depend on the file's row groups.
    properties.enable_buffered_stream();
    // A footer of nothing but nesting must not exhaust the stack.
    properties.set_thrift_container_size_limit(100'000);

    parquet::ArrowReaderProperties arrow_properties(/*use_threads=*/true);
    arrow_properties.set_batch_size(batch_size);
    arrow_properties.set_pre_buffer(false);

    parquet::arrow::FileReaderBuilder builder;
    ARROW_RETURN_NOT_OK(builder.Open(std::move(file), properties));
    ARROW_ASSIGN_OR_RAISE(auto reader, builder.memory_pool(pool.get())->properties(arrow_properties)->Build());

    const auto metadata = reader->parquet_reader()->metadata();
    std::unique_ptr<arrow::RecordBatchReader> batches;
    if (columns == nullptr) {
      ARROW_ASSIGN_OR_RAISE(batches, reader->GetRecordBatchReader());
    } else {
      ARROW_ASSIGN_OR_RAISE(const auto places, leaves(*metadata, columns, column_count));
      std::vector<int> groups(static_cast<size_t>(reader->num_row_groups()));
      for (size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
      ARROW_ASSIGN_OR_RAISE(batches, reader->GetRecordBatchReader(groups, places));
    }
    const auto schema = batches->schema();
    auto made = std::make_unique<ParquetReader>(std::move(pool), std::move(reader), std::move(batches));
    ARROW_RETURN_NOT_OK(made->describe(*schema));
    made->row_count = metadata->num_rows();
    for (int i = 0; i < metadata->num_row_groups(); ++i) {
      // The footer's numbers are whatever was written there.
      const int64_t size = std::max(metadata->RowGroup(i)->total_byte_size(), int64_t{0});
      made->byte_count += std::min(size, kRowLimit);
    }
    *result = made.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_reader_next(carrow_reader *reader, carrow_table **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(auto batch, reader->next());
    *result = nullptr;
    if (!batch) return arrow::Status::OK();
    ARROW_ASSIGN_OR_RAISE(auto table, table_of(*reader, {std::move(batch)}));
    *result = carrow::make_table(std::move(table));
    return arrow::Status::OK();
  });
}

carrow_status carrow_reader_rest(carrow_reader *reader, carrow_table **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    arrow::RecordBatchVector batches;
    while (true) {
      ARROW_ASSIGN_OR_RAISE(auto batch, reader->next());
      if (!batch) break;
      batches.push_back(std::move(batch));
    }
    ARROW_ASSIGN_OR_RAISE(auto table, table_of(*reader, std::move(batches)));
    *result = carrow::make_table(std::move(table));
    return arrow::Status::OK();
  });
}

const carrow_field *carrow_reader_schema(const carrow_reader *reader) { return reader->described->root(); }

const char *carrow_reader_metadata(carrow_reader *reader, const char *key) {
  const auto &metadata = reader->schema->metadata();
  if (!metadata) return nullptr;
  // In place, for a copy could fail.
  for (int64_t i = 0; i < metadata->size(); ++i) {
    if (metadata->key(i) == key) return metadata->value(i).c_str();
  }
  return nullptr;
}

int64_t carrow_reader_row_count(const carrow_reader *reader) { return reader->row_count; }

int64_t carrow_reader_byte_count(const carrow_reader *reader) { return reader->byte_count; }

void carrow_reader_release(carrow_reader *reader) { delete reader; }
