#include "client/interchange/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/varint.h"
#include "proto/wire/utf8.h"

namespace rowhouse::interchange {
namespace {

using Json = nlohmann::ordered_json;

// In front of the header: how long it is.
constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
// Headers are padded with blanks, so that the data is aligned.
constexpr std::size_t kAlignment = 8;
constexpr char kMetadata[] = "__metadata__";

struct Row {
  Dtype dtype;
  absl::string_view name;
};
constexpr Row kRows[] = {
    {Dtype::kFloat32, "F32"}, {Dtype::kFloat64, "F64"},
    {Dtype::kFloat16, "F16"}, {Dtype::kBfloat16, "BF16"},
    {Dtype::kInt8, "I8"},     {Dtype::kInt16, "I16"},
    {Dtype::kInt32, "I32"},   {Dtype::kInt64, "I64"},
    {Dtype::kUint8, "U8"},    {Dtype::kUint16, "U16"},
    {Dtype::kUint32, "U32"},  {Dtype::kUint64, "U64"},
    {Dtype::kBool, "BOOL"},   {Dtype::kComplex64, "C64"},
};

std::optional<absl::string_view> NameOf(Dtype dtype) {
  for (const Row& row : kRows) {
    if (row.dtype == dtype) return row.name;
  }
  return std::nullopt;
}

// Parses JSON whose objects have no member twice: of two, each reader would
// take another.
Json ParseStrictly(const std::string& text) {
  std::vector<std::set<std::string>> members;
  bool twice = false;
  Json json = Json::parse(
      text,
      [&](int /*depth*/, Json::parse_event_t event, Json& value) {
        if (event == Json::parse_event_t::object_start) members.emplace_back();
        if (event == Json::parse_event_t::object_end) members.pop_back();
        if (event == Json::parse_event_t::key &&
            !members.back().insert(value.get<std::string>()).second) {
          twice = true;
        }
        return true;
      },
      /*allow_exceptions=*/false);
  return twice ? Json(Json::value_t::discarded) : json;
}

bool ReadSizes(const Json& json, std::vector<std::int64_t>& sizes) {
  if (!json.is_array()) return false;
  for (const Json& size : json) {
    if (!size.is_number_unsigned() || size.get<std::uint64_t>() >> 63 != 0) {
      return false;
    }
    sizes.push_back(size.get<std::int64_t>());
  }
  return true;
}

// `begin` is where the data begins in the file.
absl::StatusOr<SafetensorsReader::Entry> ReadEntry(const Json& json,
                                                   std::uint64_t begin,
                                                   std::uint64_t file_bytes) {
  SafetensorsReader::Entry entry;
  std::vector<std::int64_t> offsets;
  if (!json.is_object() || json.size() != 3 || !json.contains("dtype") ||
      !json.contains("shape") || !json.contains("data_offsets") ||
      !json["dtype"].is_string() ||
      !ReadSizes(json["shape"], entry.info.shape) ||
      !ReadSizes(json["data_offsets"], offsets) || offsets.size() != 2) {
    return absl::DataLossError("not {dtype, shape, data_offsets}");
  }
  const auto name = json["dtype"].get<std::string>();
  const auto* const row =
      std::find_if(std::begin(kRows), std::end(kRows),
                   [&](const Row& one) { return one.name == name; });
  if (row == std::end(kRows)) {
    return absl::UnimplementedError(absl::StrCat("values of type ", name));
  }
  entry.info.dtype = row->dtype;
  const std::size_t item_bytes = ItemBytes(row->dtype);
  ROWHOUSE_ASSIGN_OR_RETURN(const std::uint64_t elements,
                            ElementsOf(entry.info.shape, item_bytes));
  const auto first = static_cast<std::uint64_t>(offsets[0]);
  const auto last = static_cast<std::uint64_t>(offsets[1]);
  if (last < first || last > file_bytes - begin ||
      last - first != elements * item_bytes) {
    return absl::DataLossError(
        absl::StrCat("bytes ", first, " to ", last, " of ", file_bytes - begin,
                     " for ", elements, " values of ", item_bytes, " bytes"));
  }
  entry.begin = begin + first;
  entry.end = begin + last;
  return entry;
}

absl::Status CheckFilled(
    const std::map<std::string, SafetensorsReader::Entry, std::less<>>& tensors,
    std::uint64_t begin, std::uint64_t end) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [name, entry] : tensors) {
    ranges.emplace_back(entry.begin, entry.end);
  }
  std::sort(ranges.begin(), ranges.end());
  for (const auto& [first, last] : ranges) {
    if (first != begin) {
      return absl::DataLossError(
          absl::StrCat("its tensors leave a gap or overlap at byte ", begin));
    }
    begin = last;
  }
  if (begin == end) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(end - begin, " bytes behind the last tensor"));
}

absl::Status Named(const absl::Status& status, absl::string_view path,
                   absl::string_view name) {
  return {status.code(),
          absl::StrCat(path, ": ", name, ": ", status.message())};
}

}  // namespace

SafetensorsReader::SafetensorsReader(InputFile file) : file_(std::move(file)) {}

absl::StatusOr<SafetensorsReader> SafetensorsReader::Open(
    const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  const std::uint64_t file_bytes = file.size();
  std::string text;
  if (!file.Read(0, kLengthBytes, text).ok()) {
    return absl::DataLossError(absl::StrCat(path, ": no safetensors file"));
  }
  const auto length = LoadWord<std::uint64_t>(text.data());
  if (length > kSafetensorsHeaderBytesMax ||
      !file.Read(kLengthBytes, length, text).ok()) {
    return absl::DataLossError(absl::StrCat(
        path, ": a header of ", length, " bytes in a file of ", file_bytes));
  }
  const Json header = ParseStrictly(text);
  if (!header.is_object()) {
    return absl::DataLossError(
        absl::StrCat(path, ": the header is no JSON object"));
  }
  SafetensorsReader reader(std::move(file));
  const std::uint64_t begin = kLengthBytes + length;
  for (const auto& [name, json] : header.items()) {
    if (name == kMetadata) continue;
    absl::StatusOr<Entry> entry = ReadEntry(json, begin, file_bytes);
    if (!entry.ok()) return Named(entry.status(), path, name);
    reader.tensors_.emplace(name, *std::move(entry));
  }
  const absl::Status filled = CheckFilled(reader.tensors_, begin, file_bytes);
  if (!filled.ok()) return Named(filled, path, "the data");
  return reader;
}

absl::Status SafetensorsReader::Read(absl::string_view name,
                                     std::uint64_t offset,
                                     absl::Span<char> out) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    return absl::NotFoundError(
        absl::StrCat(file_.path(), " has no tensor ", name));
  }
  const Entry& entry = found->second;
  const std::uint64_t bytes = entry.end - entry.begin;
  if (offset > bytes || out.size() > bytes - offset) {
    return absl::OutOfRangeError(
        absl::StrCat(file_.path(), ": tensor ", name, " of ", bytes,
                     " bytes, asked for ", out.size(), " at ", offset));
  }
  return file_.Read(entry.begin + offset, out);
}

SafetensorsWriter::SafetensorsWriter(OutputFile file)
    : file_(std::move(file)) {}

absl::StatusOr<SafetensorsWriter> SafetensorsWriter::Create(
    const std::string& path,
    const std::vector<std::pair<std::string, TensorInfo>>& tensors) {
  Json header = Json::object();
  std::vector<Filling> filling;
  std::uint64_t bytes = 0;
  for (const auto& [name, info] : tensors) {
    const std::optional<absl::string_view> dtype = NameOf(info.dtype);
    const auto elements = ElementsOf(info.shape, ItemBytes(info.dtype));
    if (!dtype || !elements.ok() || name == kMetadata ||
        header.contains(name) || wire::ValidUtf8Prefix(name) != name.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": tensor ", name, " of ", DtypeName(info.dtype),
                       " ", ShapeText(info.shape)));
    }
    const std::uint64_t end = bytes + *elements * ItemBytes(info.dtype);
    header[name] = {{"dtype", std::string(*dtype)},
                    {"shape", info.shape},
                    {"data_offsets", {bytes, end}}};
    filling.push_back({.at = bytes, .end = end});
    bytes = end;
  }
  std::string text = header.dump();
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  if (text.size() > kSafetensorsHeaderBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": a header of ", text.size(), " bytes"));
  }
  std::string front;
  AppendWord(static_cast<std::uint64_t>(text.size()), front);
  front += text;
  ROWHOUSE_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ROWHOUSE_RETURN_IF_ERROR(file.WriteAt(0, front));
  SafetensorsWriter writer(std::move(file));
  for (Filling& one : filling) {
    writer.filling_.push_back(
        {.at = one.at + front.size(), .end = one.end + front.size()});
  }
  return writer;
}

absl::Status SafetensorsWriter::Append(std::size_t tensor,
                                       absl::string_view bytes) {
  Filling& filling = filling_[tensor];
  if (bytes.size() > filling.end - filling.at) {
    return absl::InvalidArgumentError(
        absl::StrCat(file_.path(), ": ", bytes.size(), " bytes more of tensor ",
                     tensor, ", ", filling.end - filling.at, " have room"));
  }
  ROWHOUSE_RETURN_IF_ERROR(file_.WriteAt(filling.at, bytes));
  filling.at += bytes.size();
  return absl::OkStatus();
}

absl::Status SafetensorsWriter::Finish() {
  for (std::size_t i = 0; i < filling_.size(); ++i) {
    if (filling_[i].at != filling_[i].end) {
      return absl::FailedPreconditionError(
          absl::StrCat(file_.path(), ": tensor ", i, " lacks ",
                       filling_[i].end - filling_[i].at, " bytes"));
    }
  }
  return file_.Commit();
}

}  // namespace rowhouse::interchange
