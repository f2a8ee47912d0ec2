#include "Internal.hpp"

#include <utility>
#include <vector>

#include <arrow/buffer.h>
#include <arrow/csv/options.h>
#include <arrow/csv/reader.h>
#include <arrow/io/interfaces.h>
#include <arrow/io/memory.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>
#include <arrow/memory_pool.h>
#include <arrow/result.h>

namespace {

std::shared_ptr<arrow::io::BufferReader> reader_over(const uint8_t *bytes, int64_t size) {
  // The buffer only refers to the caller's memory.
  return std::make_shared<arrow::io::BufferReader>(std::make_shared<arrow::Buffer>(bytes, size));
}

}  // namespace

carrow_status carrow_read_delimited(const uint8_t *bytes, int64_t size, char delimiter, bool quoting,
                                    bool newlines_in_values, const char *const *names, int32_t name_count,
                                    const carrow_field *fields, int32_t field_count, int32_t block_size,
                                    carrow_table **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto read = arrow::csv::ReadOptions::Defaults();
    read.block_size = block_size;
    read.column_names.assign(names, names + name_count);

    auto parse = arrow::csv::ParseOptions::Defaults();
    parse.delimiter = delimiter;
    parse.quoting = quoting;
    parse.newlines_in_values = newlines_in_values;

    auto convert = arrow::csv::ConvertOptions::Defaults();
    for (int32_t i = 0; i < field_count; ++i) {
      convert.column_types[fields[i].name] = carrow::arrow_type(fields[i].type, fields[i].element);
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::csv::TableReader::Make(arrow::io::default_io_context(),
                                                                     reader_over(bytes, size), read, parse, convert));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->Read());
    *result = new carrow_table{std::move(table)};
    return arrow::Status::OK();
  });
}

carrow_status carrow_read_json(const uint8_t *bytes, int64_t size, const carrow_field *fields, int32_t field_count,
                               bool use_threads, int32_t block_size, carrow_table **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto read = arrow::json::ReadOptions::Defaults();
    read.use_threads = use_threads;
    read.block_size = block_size;

    auto parse = arrow::json::ParseOptions::Defaults();
    if (field_count > 0) {
      std::vector<std::shared_ptr<arrow::Field>> schema;
      for (int32_t i = 0; i < field_count; ++i) {
        schema.push_back(arrow::field(fields[i].name, carrow::arrow_type(fields[i].type, fields[i].element)));
      }
      parse.explicit_schema = arrow::schema(std::move(schema));
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::json::TableReader::Make(arrow::default_memory_pool(),
                                                                      reader_over(bytes, size), read, parse));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->Read());
    *result = new carrow_table{std::move(table)};
    return arrow::Status::OK();
  });
}

void carrow_table_release(carrow_table *table) { delete table; }

int64_t carrow_table_row_count(const carrow_table *table) { return table->table->num_rows(); }

int32_t carrow_table_column_count(const carrow_table *table) { return table->table->num_columns(); }

const char *carrow_table_column_name(const carrow_table *table, int32_t index) {
  return table->table->schema()->field(index)->name().c_str();
}

carrow_status carrow_table_column(const carrow_table *table, int32_t index, carrow_column **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    const auto &column = table->table->column(index);
    *result = new carrow_column{column->type(), column->chunks(), column->type()->ToString()};
    return arrow::Status::OK();
  });
}
