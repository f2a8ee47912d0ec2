// C interface to Arrow C++: readers and writers of table files, and columns whose buffers Swift reads in place.
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
  CARROW_ROW_EXCEEDS_BLOCK = 4,
  // The input is sound but holds a type that a data set has no place for.
  CARROW_UNSUPPORTED = 5,
  // A file can't be opened, read or written.
  CARROW_IO = 6
} carrow_status;

typedef enum carrow_type {
  CARROW_TYPE_NULL = 0,
  CARROW_TYPE_BOOL = 1,
  CARROW_TYPE_INT8 = 2,
  CARROW_TYPE_INT16 = 3,
  CARROW_TYPE_INT32 = 4,
  CARROW_TYPE_INT64 = 5,
  CARROW_TYPE_UINT8 = 6,
  CARROW_TYPE_UINT16 = 7,
  CARROW_TYPE_UINT32 = 8,
  CARROW_TYPE_UINT64 = 9,
  CARROW_TYPE_HALF = 10,
  CARROW_TYPE_FLOAT = 11,
  CARROW_TYPE_DOUBLE = 12,
  CARROW_TYPE_STRING = 13,
  CARROW_TYPE_LARGE_STRING = 14,
  CARROW_TYPE_BINARY = 15,
  CARROW_TYPE_LARGE_BINARY = 16,
  CARROW_TYPE_DATE32 = 17,
  CARROW_TYPE_DATE64 = 18,
  CARROW_TYPE_TIME32 = 19,
  CARROW_TYPE_TIME64 = 20,
  CARROW_TYPE_TIMESTAMP = 21,
  CARROW_TYPE_DURATION = 22,
  CARROW_TYPE_DECIMAL128 = 23,
  CARROW_TYPE_DECIMAL256 = 24,
  CARROW_TYPE_LIST = 25,
  CARROW_TYPE_LARGE_LIST = 26,
  CARROW_TYPE_FIXED_SIZE_LIST = 27,
  CARROW_TYPE_STRUCT = 28
} carrow_type;

// Of times, time stamps and durations.
typedef enum carrow_unit {
  CARROW_UNIT_SECOND = 0,
  CARROW_UNIT_MILLI = 1,
  CARROW_UNIT_MICRO = 2,
  CARROW_UNIT_NANO = 3
} carrow_unit;

typedef struct carrow_table carrow_table;
typedef struct carrow_column carrow_column;
typedef struct carrow_reader carrow_reader;
typedef struct carrow_writer carrow_writer;
typedef struct carrow_stream carrow_stream;

// A name and a type. Children are a list's element or a struct's fields; a schema is a struct.
typedef struct carrow_field {
  const char *name;
  carrow_type type;
  carrow_unit unit;
  // Of decimals.
  int32_t precision;
  int32_t scale;
  // Of fixed-size lists.
  int32_t size;
  // NULL for time stamps without one.
  const char *timezone;
  const struct carrow_field *children;
  int32_t child_count;
} carrow_field;

// The buffers of an array, in place. `validity` (NULL: no nulls) and a bool's `values` are bitmaps, least significant
// bit first; `offsets` (of `offset_width` bytes each) belong to strings, binaries and lists. Row i lies at index
// `offset + i` of every buffer, and a struct's row i at row i of its children.
typedef struct carrow_array {
  int64_t length;
  int64_t offset;
  int64_t null_count;
  const uint8_t *validity;
  const void *offsets;
  const void *values;
  // Bytes behind `values`.
  int64_t values_size;
  const struct carrow_array *children;
  int32_t child_count;
  // Elements a row of a fixed-size list.
  int32_t list_size;
  uint8_t offset_width;
} carrow_array;

// Buffers made by malloc that `carrow_column_append` takes over. `validity` may be NULL: no nulls. `children` itself
// stays the caller's.
typedef struct carrow_buffers {
  int64_t length;
  int64_t null_count;
  uint8_t *validity;
  void *offsets;
  int64_t offsets_size;
  void *values;
  int64_t values_size;
  struct carrow_buffers *children;
  int32_t child_count;
} carrow_buffers;

typedef enum carrow_format { CARROW_FORMAT_STREAM = 0, CARROW_FORMAT_FILE = 1, CARROW_FORMAT_PARQUET = 2 } carrow_format;

void carrow_free_message(char *message);
const char *carrow_version(void);
bool carrow_is_utf8(const uint8_t *bytes, int64_t size);

// Text.

// Reads delimited text without a header row; `bytes` must stay in place until the call returns. Columns in `fields`
// get the type given there, the others an inferred one. Strings are never null.
carrow_status carrow_read_delimited(const uint8_t *bytes, int64_t size, char delimiter, bool quoting,
                                    bool newlines_in_values, const char *const *names, int32_t name_count,
                                    const carrow_field *fields, int32_t field_count, int32_t block_size,
                                    carrow_table **result, char **message);

// Reads one JSON object a line. Columns in `fields` get the type given there and come first; with `only_fields` others are
// skipped.
carrow_status carrow_read_json(const uint8_t *bytes, int64_t size, const carrow_field *fields, int32_t field_count,
                               bool only_fields, bool use_threads, int32_t block_size, carrow_table **result,
                               char **message);

typedef enum carrow_json_fault {
  CARROW_JSON_SOUND = 0,
  // A value that nests too deep.
  CARROW_JSON_DEEP = 1,
  // "Inf" or "-NaN", which aren't numbers even to Python.
  CARROW_JSON_INVALID = 2,
  // null in the place of an object.
  CARROW_JSON_NULL = 3
} carrow_json_fault;

// Looks for what the reader would let pass or fall over; nesting is allowed up to `limit`. Sets `line` to the number,
// from 1, of the first line at fault.
carrow_json_fault carrow_check_json(const uint8_t *bytes, int64_t size, int32_t limit, int64_t *line);

// A file's bytes, decompressed by `codec` ("gzip", "zstd", "bz2", "lz4"; NULL: as they are).
carrow_status carrow_stream_open(const char *path, const char *codec, carrow_stream **result, char **message);
// Reads up to `capacity` bytes; 0 at the end.
carrow_status carrow_stream_read(carrow_stream *stream, uint8_t *bytes, int64_t capacity, int64_t *count,
                                 char **message);
void carrow_stream_release(carrow_stream *stream);

// Arrow and Parquet files. What is read from one takes at most `memory_limit` bytes at a time.

// An Arrow file or stream, memory-mapped.
carrow_status carrow_open_arrow(const char *path, int64_t memory_limit, carrow_reader **result, char **message);
// `columns` (NULL: all) are the names of the top-level columns to read.
carrow_status carrow_open_parquet(const char *path, const char *const *columns, int32_t column_count,
                                  int64_t batch_size, int64_t memory_limit, carrow_reader **result,
                                  char **message);
// The next rows; NULL at the end.
carrow_status carrow_reader_next(carrow_reader *reader, carrow_table **result, char **message);
// All rows that are left.
carrow_status carrow_reader_rest(carrow_reader *reader, carrow_table **result, char **message);
// A struct of the columns.
const carrow_field *carrow_reader_schema(const carrow_reader *reader);
// The schema's metadata under `key`; NULL where there is none. Lives as long as the reader.
const char *carrow_reader_metadata(carrow_reader *reader, const char *key);
// -1 where it isn't known before the end.
int64_t carrow_reader_row_count(const carrow_reader *reader);
// Bytes that the rows will take in memory, roughly.
int64_t carrow_reader_byte_count(const carrow_reader *reader);
void carrow_reader_release(carrow_reader *reader);

// Gets the bytes of a file in order, while they are written.
typedef void (*carrow_observer)(void *context, const void *bytes, int64_t size);

// `metadata` is what the schema holds under the key "huggingface"; `compression` is for Parquet. `observer` may be NULL.
carrow_status carrow_writer_create(const char *path, carrow_format format, const carrow_field *schema,
                                   const char *metadata, const char *compression, carrow_observer observer,
                                   void *context, carrow_writer **result, char **message);
// Appends the columns' rows, of which each has `length`, in batches of at most `batch_rows`.
carrow_status carrow_writer_append(carrow_writer *writer, const carrow_column *const *columns, int32_t column_count,
                                   int64_t length, int64_t batch_rows, char **message);
// Writes the end and makes the file durable.
carrow_status carrow_writer_close(carrow_writer *writer, char **message);
void carrow_writer_release(carrow_writer *writer);

// Tables and columns.

void carrow_table_release(carrow_table *table);
int64_t carrow_table_row_count(const carrow_table *table);
// Bytes of the columns' buffers.
int64_t carrow_table_byte_count(const carrow_table *table);
const carrow_field *carrow_table_schema(const carrow_table *table);
carrow_status carrow_table_column(const carrow_table *table, int32_t index, carrow_column **result, char **message);

const carrow_field *carrow_column_type(const carrow_column *column);
int32_t carrow_column_chunk_count(const carrow_column *column);
// Lives as long as the column.
const carrow_array *carrow_column_chunk(const carrow_column *column, int32_t index);
void carrow_column_release(carrow_column *column);

// An empty column to which chunks are appended before it is first read.
carrow_status carrow_column_create(const carrow_field *type, carrow_column **result, char **message);
// Takes over the buffers, also where it fails.
carrow_status carrow_column_append(carrow_column *column, carrow_buffers *buffers, char **message);
// The chunks of some columns of one type, one after another.
carrow_status carrow_column_concatenate(const carrow_column *const *columns, int32_t count, carrow_column **result,
                                        char **message);
// The `length` rows from `start` on; nothing is copied.
carrow_status carrow_column_slice(const carrow_column *column, int64_t start, int64_t length, carrow_column **result,
                                  char **message);
// A copy of the rows at `rows`, which lie within the column.
carrow_status carrow_column_gather(const carrow_column *column, const int64_t *rows, int64_t count,
                                   carrow_column **result, char **message);
// The column as another type; fails where a value would change.
carrow_status carrow_column_cast(const carrow_column *column, const carrow_field *type, carrow_column **result,
                                 char **message);

#ifdef __cplusplus
}
#endif
