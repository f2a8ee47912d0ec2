#include "Internal.hpp"

#include <arrow/io/compressed.h>
#include <arrow/io/file.h>
#include <arrow/util/compression.h>

struct carrow_stream {
  std::shared_ptr<arrow::io::InputStream> input;
};

carrow_status carrow_stream_open(const char *path, const char *codec, carrow_stream **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    ARROW_ASSIGN_OR_RAISE(std::shared_ptr<arrow::io::InputStream> input, arrow::io::ReadableFile::Open(path));
    if (codec != nullptr) {
      ARROW_ASSIGN_OR_RAISE(auto kind, arrow::util::Codec::GetCompressionType(codec));
      // The streaming form of LZ4 is its frame format.
      if (kind == arrow::Compression::LZ4) kind = arrow::Compression::LZ4_FRAME;
      ARROW_ASSIGN_OR_RAISE(auto decoder, arrow::util::Codec::Create(kind));
      // The stream refers to the codec only while it is made.
      ARROW_ASSIGN_OR_RAISE(input, arrow::io::CompressedInputStream::Make(decoder.get(), std::move(input)));
    }
    *result = new carrow_stream{std::move(input)};
    return arrow::Status::OK();
  });
}

carrow_status carrow_stream_read(carrow_stream *stream, uint8_t *bytes, int64_t capacity, int64_t *count,
                                 char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status { return stream->input->Read(capacity, bytes).Value(count); });
}

void carrow_stream_release(carrow_stream *stream) { delete stream; }
