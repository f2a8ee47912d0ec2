#include "Internal.hpp"

#include <arrow/util/byte_size.h>

void carrow_table_release(carrow_table *table) { delete table; }

int64_t carrow_table_row_count(const carrow_table *table) { return table->table->num_rows(); }

int64_t carrow_table_byte_count(const carrow_table *table) {
  return arrow::util::TotalBufferSize(*table->table);
}

const carrow_field *carrow_table_schema(const carrow_table *table) { return table->schema->root(); }

carrow_status carrow_table_column(const carrow_table *table, int32_t index, carrow_column **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    const auto &data = table->table->column(index);
    auto column = std::make_unique<carrow_column>(data->type());
    for (const auto &chunk : data->chunks()) column->append(chunk);
    *result = column.release();
    return arrow::Status::OK();
  });
}
