// C interface to Arrow C++: reading delimited text and JSON Lines, and columns whose buffers Swift reads in place.
//
// Every function that can fail returns a `carrow_status` and, where it isn't CARROW_OK, sets `*message` to text that
// the caller frees with `carrow_free_message`. No C++ exception leaves the library.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum carrow_status {
  CARROW_OK = 0,
  // The input is not what the reader expects.
  CARROW_INVALID = 1,
  CARROW_OUT_OF_MEMORY = 2,
  CARROW_FAILED = 3,
  // A row is longer than the reader's block: read again with larger blocks.
  CARROW_ROW_EXCEEDS_BLOCK = 4
} carrow_status;

typedef enum carrow_type {
  CARROW_TYPE_NULL = 0,
  CARROW_TYPE_BOOL = 1,
  CARROW_TYPE_INT32 = 2,
  CARROW_TYPE_INT64 = 3,
  CARROW_TYPE_DOUBLE = 4,
  CARROW_TYPE_STRING = 5,
  CARROW_TYPE_LIST = 6,
  // Dates, times and time stamps: what the readers infer from text that looks like one.
  CARROW_TYPE_TEMPORAL = 7,
  CARROW_TYPE_BINARY = 8,
  CARROW_TYPE_OTHER = 9
} carrow_type;

typedef struct carrow_table carrow_table;
typedef struct carrow_column carrow_column;

// A column's name and type as asked for; `element` matters for lists only.
typedef struct carrow_field {
  const char *name;
  carrow_type type;
  carrow_type element;
} carrow_field;

// The buffers of a flat array. `validity` and a bool's `values` are bitmaps, least significant bit first; `offsets`
// belong to strings. Row i lies at index `offset + i` of every buffer.
typedef struct carrow_values {
  int64_t length;
  int64_t offset;
  int64_t null_count;
  const uint8_t *validity;
  const int32_t *offsets;
  const void *values;
} carrow_values;

// One contiguous piece of a column. For a list, `rows.offsets` are the rows' places in `elements`.
typedef struct carrow_chunk {
  carrow_values rows;
  carrow_values elements;
} carrow_chunk;

// Buffers made by malloc that `carrow_column_append` takes over. `validity` may be NULL: no nulls.
typedef struct carrow_buffers {
  int64_t length;
  int64_t null_count;
  uint8_t *validity;
  int32_t *offsets;
  void *values;
  int64_t values_size;
} carrow_buffers;

void carrow_free_message(char *message);
const char *carrow_version(void);
bool carrow_is_utf8(const uint8_t *bytes, int64_t size);

// Reads delimited text without a header row; `bytes` must stay in place until the call returns. Columns in `fields`
// get the type given there, the others an inferred one. Strings are never null.
carrow_status carrow_read_delimited(const uint8_t *bytes, int64_t size, char delimiter, bool quoting,
                                    bool newlines_in_values, const char *const *names, int32_t name_count,
                                    const carrow_field *fields, int32_t field_count, int32_t block_size,
                                    carrow_table **result, char **message);

// Reads one JSON object a line. Columns in `fields` get the type given there and come first.
carrow_status carrow_read_json(const uint8_t *bytes, int64_t size, const carrow_field *fields, int32_t field_count,
                               bool use_threads, int32_t block_size, carrow_table **result, char **message);

void carrow_table_release(carrow_table *table);
int64_t carrow_table_row_count(const carrow_table *table);
int32_t carrow_table_column_count(const carrow_table *table);
const char *carrow_table_column_name(const carrow_table *table, int32_t index);
carrow_status carrow_table_column(const carrow_table *table, int32_t index, carrow_column **result, char **message);

carrow_type carrow_column_type(const carrow_column *column);
carrow_type carrow_column_element_type(const carrow_column *column);
// Arrow's own name of the type, for messages; lives as long as the column.
const char *carrow_column_type_name(const carrow_column *column);
int64_t carrow_column_length(const carrow_column *column);
int32_t carrow_column_chunk_count(const carrow_column *column);
carrow_chunk carrow_column_chunk(const carrow_column *column, int32_t index);
void carrow_column_release(carrow_column *column);

// An empty column to which chunks are appended before it is first read.
carrow_status carrow_column_create(carrow_type type, carrow_type element, carrow_column **result, char **message);
// Takes over the buffers, also where it fails. `elements` is read for lists only.
carrow_status carrow_column_append(carrow_column *column, carrow_buffers rows, carrow_buffers elements,
                                   char **message);

#ifdef __cplusplus
}
#endif
