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

// In front of the header: how long it is.
constexpr std::size_t kLengthBytes = sizeof(std::uint64_t);
// Headers are padded with blanks, so that the data is aligned.
constexpr std::size_t kAlignment = 8;

absl::Status CheckFilled(const SafetensorsEntries& tensors,
                         std::uint64_t data_bytes) {
  std::uint64_t begin = 0;
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
  if (begin == data_bytes) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(data_bytes - begin, " bytes behind the last tensor"));
}

}  // namespace

SafetensorsReader::SafetensorsReader(InputFile file, std::uint64_t begin)
    : file_(std::move(file)), begin_(begin) {}

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
  SafetensorsReader reader(std::move(file), kLengthBytes + length);
  const std::uint64_t data_bytes = file_bytes - reader.begin_;
  absl::StatusOr<SafetensorsEntries> tensors =
      ParseSafetensorsHeader(text, data_bytes);
  const absl::Status status =
      tensors.ok() ? CheckFilled(*tensors, data_bytes) : tensors.status();
  if (!status.ok()) {
    return absl::Status(status.code(),
                        absl::StrCat(path, ": ", status.message()));
  }
  reader.tensors_ = *std::move(tensors);
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
  const SafetensorsEntry& entry = found->second;
  const std::uint64_t bytes = entry.end - entry.begin;
  if (offset > bytes || out.size() > bytes - offset) {
    return absl::OutOfRangeError(
        absl::StrCat(file_.path(), ": tensor ", name, " of ", bytes,
                     " bytes, asked for ", out.size(), " at ", offset));
  }
  return file_.Read(begin_ + entry.begin + offset, out);
}

SafetensorsWriter::SafetensorsWriter(OutputFile file)
    : file_(std::move(file)) {}

absl::StatusOr<SafetensorsWriter> SafetensorsWriter::Create(
    const std::string& path,
    const std::vector<std::pair<std::string, TensorInfo>>& tensors) {
  // In the order given, as the data is.
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  std::set<absl::string_view> names = {kSafetensorsMetadata};
  std::vector<Filling> filling;
  std::uint64_t bytes = 0;
  for (const auto& [name, info] : tensors) {
    const std::optional<absl::string_view> dtype = SafetensorsDtype(info.dtype);
    const auto elements = ElementsOf(info.shape, ItemBytes(info.dtype));
    if (!dtype || !elements.ok() || !names.insert(name).second ||
        wire::ValidUtf8Prefix(name) != name.size()) {
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
