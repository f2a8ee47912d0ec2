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
      convert.column_types[fields[i].name] = carrow::arrow_type(fields[i]);
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::csv::TableReader::Make(arrow::io::default_io_context(),
                                                                     reader_over(bytes, size), read, parse, convert));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->Read());
    ARROW_ASSIGN_OR_RAISE(table, carrow::conformed(table, carrow::Check::kSizes));
    *result = carrow::make_table(std::move(table));
    return arrow::Status::OK();
  });
}

carrow_status carrow_read_json(const uint8_t *bytes, int64_t size, const carrow_field *fields, int32_t field_count,
                               bool only_fields, bool use_threads, int32_t block_size, carrow_table **result,
                               char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto read = arrow::json::ReadOptions::Defaults();
    read.use_threads = use_threads;
    read.block_size = block_size;

    auto parse = arrow::json::ParseOptions::Defaults();
    if (only_fields) parse.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Ignore;
    if (field_count > 0) {
      std::vector<std::shared_ptr<arrow::Field>> schema;
      for (int32_t i = 0; i < field_count; ++i) {
        schema.push_back(arrow::field(fields[i].name, carrow::arrow_type(fields[i])));
      }
      parse.explicit_schema = arrow::schema(std::move(schema));
    }
    ARROW_ASSIGN_OR_RAISE(auto reader, arrow::json::TableReader::Make(arrow::default_memory_pool(),
                                                                      reader_over(bytes, size), read, parse));
    ARROW_ASSIGN_OR_RAISE(auto table, reader->Read());
    ARROW_ASSIGN_OR_RAISE(table, carrow::conformed(table, carrow::Check::kSizes));
    *result = carrow::make_table(std::move(table));
    return arrow::Status::OK();
  });
}

bool carrow_check_json(const uint8_t *bytes, int64_t size, int32_t limit, int64_t *line) {
  int64_t number = 1;
  int32_t depth = 0;
  bool in_string = false;
  *line = 0;
  for (int64_t i = 0; i < size; ++i) {
    const uint8_t byte = bytes[i];
    if (in_string && byte != '"' && byte != '\\' && byte != '\n') continue;
    switch (byte) {
      case '\n':
        depth = 0;
        in_string = false;
        ++number;
        break;
      case '\\':
        if (in_string && i + 1 < size && bytes[i + 1] != '\n') ++i;
        break;
      case '"': in_string = !in_string; break;
      case '[':
      case '{':
        if (++depth > limit) {
          *line = number;
          return true;
        }
        break;
      case ']':
      case '}': --depth; break;
      case 'N':
        if (i > 0 && bytes[i - 1] == '-') {
          *line = number;
          return false;
        }
        break;
      case 'I':
        if (size - i < 8 || std::memcmp(bytes + i, "Infinity", 8) != 0) {
          *line = number;
          return false;
        }
        break;
      default: break;
    }
  }
  return false;
}
