#include "Internal.hpp"

#include <unistd.h>

#include <utility>

#include <arrow/io/file.h>
#include <arrow/io/interfaces.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <arrow/util/compression.h>
#include <arrow/util/key_value_metadata.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

namespace {

// Shows what goes to a file to an observer.
class ObservedStream final : public arrow::io::OutputStream {
 public:
  ObservedStream(std::shared_ptr<arrow::io::FileOutputStream> file, carrow_observer observer, void *context)
      : file_(std::move(file)), observer_(observer), context_(context) {}

  arrow::Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  arrow::Result<int64_t> Tell() const override { return file_->Tell(); }
  arrow::Status Flush() override { return file_->Flush(); }
  using arrow::io::OutputStream::Write;
  arrow::Status Write(const void *bytes, int64_t size) override {
    ARROW_RETURN_NOT_OK(file_->Write(bytes, size));
    if (observer_ != nullptr) observer_(context_, bytes, size);
    return arrow::Status::OK();
  }

  int descriptor() const { return file_->file_descriptor(); }

 private:
  std::shared_ptr<arrow::io::FileOutputStream> file_;
  carrow_observer observer_;
  void *context_;
};

}  // namespace

struct carrow_writer {
  std::shared_ptr<arrow::Schema> schema;
  std::shared_ptr<ObservedStream> file;
  // One of the two.
  std::shared_ptr<arrow::ipc::RecordBatchWriter> batches;
  std::unique_ptr<parquet::arrow::FileWriter> parquet;
};

carrow_status carrow_writer_create(const char *path, carrow_format format, const carrow_field *schema,
                                   const char *metadata, const char *compression, carrow_observer observer,
                                   void *context, carrow_writer **result, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    auto writer = std::make_unique<carrow_writer>();
    writer->schema = carrow::arrow_schema(*schema);
    if (metadata != nullptr) {
      writer->schema = writer->schema->WithMetadata(arrow::key_value_metadata({"huggingface"}, {metadata}));
    }
    ARROW_ASSIGN_OR_RAISE(auto file, arrow::io::FileOutputStream::Open(path));
    writer->file = std::make_shared<ObservedStream>(std::move(file), observer, context);
    const auto options = arrow::ipc::IpcWriteOptions::Defaults();
    switch (format) {
      case CARROW_FORMAT_STREAM: {
        ARROW_ASSIGN_OR_RAISE(writer->batches, arrow::ipc::MakeStreamWriter(writer->file, writer->schema, options));
        break;
      }
      case CARROW_FORMAT_FILE: {
        ARROW_ASSIGN_OR_RAISE(writer->batches, arrow::ipc::MakeFileWriter(writer->file, writer->schema, options));
        break;
      }
      case CARROW_FORMAT_PARQUET: {
        parquet::WriterProperties::Builder properties;
        ARROW_ASSIGN_OR_RAISE(const auto codec, arrow::util::Codec::GetCompressionType(compression));
        properties.compression(codec);
        auto arrow_properties = parquet::ArrowWriterProperties::Builder().store_schema()->build();
        ARROW_ASSIGN_OR_RAISE(writer->parquet,
                              parquet::arrow::FileWriter::Open(*writer->schema, arrow::default_memory_pool(),
                                                               writer->file, properties.build(), arrow_properties));
        break;
      }
    }
    *result = writer.release();
    return arrow::Status::OK();
  });
}

carrow_status carrow_writer_append(carrow_writer *writer, const carrow_column *const *columns, int32_t column_count,
                                   int64_t length, int64_t batch_rows, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    arrow::ChunkedArrayVector data;
    for (int32_t i = 0; i < column_count; ++i) {
      const auto &type = writer->schema->field(i)->type();
      if (!columns[i]->type->Equals(*type)) {
        return arrow::Status::Invalid("column '", writer->schema->field(i)->name(), "' is ",
                                      columns[i]->type->ToString(), " where the file holds ", type->ToString());
      }
      data.push_back(std::make_shared<arrow::ChunkedArray>(columns[i]->chunks, columns[i]->type));
      if (data.back()->length() != length) {
        return arrow::Status::Invalid("a column of ", data.back()->length(), " rows where there are ", length);
      }
    }
    const auto table = arrow::Table::Make(writer->schema, std::move(data), length);
    if (writer->parquet) return writer->parquet->WriteTable(*table, batch_rows);
    return writer->batches->WriteTable(*table, batch_rows);
  });
}

carrow_status carrow_writer_close(carrow_writer *writer, char **message) {
  return carrow::guarded(message, [&]() -> arrow::Status {
    if (writer->parquet) {
      ARROW_RETURN_NOT_OK(writer->parquet->Close());
    } else {
      ARROW_RETURN_NOT_OK(writer->batches->Close());
    }
    if (fsync(writer->file->descriptor()) != 0) return arrow::Status::IOError("the file can't be synced");
    return writer->file->Close();
  });
}

void carrow_writer_release(carrow_writer *writer) { delete writer; }
