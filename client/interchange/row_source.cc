#include "client/interchange/row_source.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/interchange/npy.h"

namespace rowhouse::interchange {
namespace {

absl::Span<char> BytesOf(absl::Span<float> floats) {
  return absl::MakeSpan(reinterpret_cast<char*>(floats.data()),
                        floats.size() * sizeof(float));
}

// `name` is empty in a .npy file.
absl::StatusOr<std::uint64_t> RowsOf(const TensorInfo& info,
                                     std::uint32_t width,
                                     absl::string_view file,
                                     absl::string_view name) {
  const Shape& shape = info.shape;
  const bool matrix = shape.size() == 2 && shape[1] == width;
  const bool vector = shape.size() == 1 && width == 1;
  if (info.dtype == Dtype::kFloat32 && (matrix || vector)) {
    return static_cast<std::uint64_t>(shape[0]);
  }
  const std::string what =
      name.empty() ? "the array"
                   : absl::StrCat("tensor ", absl::CHexEscape(name));
  return absl::InvalidArgumentError(
      absl::StrCat(file, ": ", what, " is ", DtypeName(info.dtype), " ",
                   ShapeText(shape), ", not float32 [rows, ", width, "]"));
}

class CheckpointRows : public RowSource {
 public:
  CheckpointRows(CheckpointReader& reader, std::string name, std::uint64_t rows)
      : RowSource(rows), reader_(reader), name_(std::move(name)) {}
  absl::Status Verify() override { return reader_.Verify(name_); }
  absl::Status Read(std::uint64_t first, absl::Span<float> out) override {
    return reader_.ReadRows(name_, first, out);
  }

 private:
  CheckpointReader& reader_;
  const std::string name_;
};

class SafetensorsRows : public RowSource {
 public:
  SafetensorsRows(const SafetensorsReader& reader, std::string name,
                  std::uint64_t rows, std::uint32_t width)
      : RowSource(rows),
        reader_(reader),
        name_(std::move(name)),
        row_bytes_(width * sizeof(float)) {}
  absl::Status Verify() override { return absl::OkStatus(); }
  absl::Status Read(std::uint64_t first, absl::Span<float> out) override {
    return reader_.Read(name_, first * row_bytes_, BytesOf(out));
  }

 private:
  const SafetensorsReader& reader_;
  const std::string name_;
  const std::uint64_t row_bytes_;
};

class NpyRows : public RowSource {
 public:
  NpyRows(NpyReader reader, std::uint64_t rows, std::uint32_t width)
      : RowSource(rows),
        reader_(std::move(reader)),
        row_bytes_(width * sizeof(float)) {}
  absl::Status Verify() override { return absl::OkStatus(); }
  absl::Status Read(std::uint64_t first, absl::Span<float> out) override {
    return reader_.Read(first * row_bytes_, BytesOf(out));
  }

 private:
  const NpyReader reader_;
  const std::uint64_t row_bytes_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<RowSource>> RowsOfCheckpoint(
    CheckpointReader& reader, const std::string& name, std::uint32_t width) {
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorInfo info, reader.Describe(name));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t rows,
                            RowsOf(info, width, reader.prefix(), name));
  return std::make_unique<CheckpointRows>(reader, name, rows);
}

absl::StatusOr<std::unique_ptr<RowSource>> RowsOfSafetensors(
    const SafetensorsReader& reader, const std::string& name,
    std::uint32_t width) {
  const auto found = reader.tensors().find(name);
  if (found == reader.tensors().end()) {
    return absl::NotFoundError(
        absl::StrCat(reader.path(), " has no tensor ", name));
  }
  if (!found->second.unread_type.empty()) {
    return absl::UnimplementedError(absl::StrCat(reader.path(), ": tensor ",
                                                 name, " has values of type ",
                                                 found->second.unread_type));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const std::uint64_t rows,
      RowsOf(found->second.info, width, reader.path(), name));
  return std::make_unique<SafetensorsRows>(reader, name, rows, width);
}

absl::StatusOr<std::unique_ptr<RowSource>> RowsOfNpy(const std::string& path,
                                                     std::uint32_t width) {
  ROWHOUSE_ASSIGN_OR_RETURN(NpyReader reader, NpyReader::Open(path));
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t rows,
                            RowsOf(reader.info(), width, path, ""));
  return std::make_unique<NpyRows>(std::move(reader), rows, width);
}

}  // namespace rowhouse::interchange
