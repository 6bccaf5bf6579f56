#include "client/interchange/checkpoint_writer.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "client/interchange/box.h"
#include "client/interchange/bundle_index.h"
#include "client/interchange/sorted_table_writer.h"
#include "client/interchange/string_tensor.h"
#include "client/interchange/varint.h"

namespace rowhouse::interchange {
namespace {

void SetShape(const Shape& shape, v1::Shape& message) {
  for (const std::int64_t size : shape) message.add_dim()->set_size(size);
}

void SetSlice(const TensorSlice& slice, v1::Slice& message) {
  for (const Extent& extent : slice) {
    v1::Slice::Extent& to = *message.add_extent();
    if (extent.length == Extent::kWholeAxis) continue;
    to.set_start(extent.start);
    to.set_length(extent.length);
  }
}

Shape ShapeOf(const v1::Shape& message) {
  Shape shape;
  for (const v1::Shape::Dim& dim : message.dim()) shape.push_back(dim.size());
  return shape;
}

std::string Header() {
  v1::BundleHeader header;
  header.set_num_shards(1);
  header.mutable_version()->set_producer(1);
  return header.SerializeAsString();
}

}  // namespace

CheckpointWriter::CheckpointWriter(std::string prefix, OutputFile data)
    : prefix_(std::move(prefix)), data_(std::move(data)) {}

absl::StatusOr<CheckpointWriter> CheckpointWriter::Create(
    absl::string_view prefix) {
  ROWHOUSE_ASSIGN_OR_RETURN(OutputFile data,
                            OutputFile::Create(DataFilename(prefix, 0, 1)));
  return CheckpointWriter(std::string(prefix), std::move(data));
}

absl::StatusOr<v1::BundleEntry*> CheckpointWriter::NewEntry(
    absl::string_view key, Dtype dtype, const Shape& shape) {
  if (key.empty()) return absl::InvalidArgumentError("a tensor without a name");
  const auto [at, is_new] = entries_.try_emplace(std::string(key));
  if (!is_new) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", absl::CHexEscape(key), " was added before"));
  }
  v1::BundleEntry& entry = at->second;
  entry.set_dtype(static_cast<int>(dtype));
  SetShape(shape, *entry.mutable_shape());
  return &entry;
}

absl::StatusOr<CheckpointWriter::Place> CheckpointWriter::AddKey(
    absl::string_view key, const TensorInfo& info) {
  const auto elements = ElementsOf(info.shape, ItemBytes(info.dtype));
  if (!elements.ok() || info.dtype == Dtype::kString) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", absl::CHexEscape(key), " of ",
                     DtypeName(info.dtype), " ", ShapeText(info.shape)));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(v1::BundleEntry* const entry,
                            NewEntry(key, info.dtype, info.shape));
  const std::uint64_t bytes = *elements * ItemBytes(info.dtype);
  entry->set_offset(static_cast<std::int64_t>(bytes_));
  entry->set_size(static_cast<std::int64_t>(bytes));
  bytes_ += bytes;
  filling_.push_back({.key = std::string(key)});
  return filling_.size() - 1;
}

absl::StatusOr<CheckpointWriter::Place> CheckpointWriter::Add(
    absl::string_view name, const TensorInfo& info) {
  return AddKey(name, info);
}

absl::StatusOr<CheckpointWriter::Place> CheckpointWriter::AddSlice(
    absl::string_view name, const TensorInfo& info, const TensorSlice& slice) {
  ROWHOUSE_ASSIGN_OR_RETURN(const Box box, BoxOf(slice, info.shape));
  if (ShapeOfBox(box) == info.shape) return AddKey(name, info);
  auto whole = entries_.find(name);
  if (whole == entries_.end()) {
    ROWHOUSE_RETURN_IF_ERROR(NewEntry(name, info.dtype, info.shape).status());
    whole = entries_.find(name);
  } else if (whole->second.slices().empty() ||
             whole->second.dtype() != static_cast<int>(info.dtype) ||
             ShapeOf(whole->second.shape()) != info.shape) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", absl::CHexEscape(name),
                     " was added before, as another one than ",
                     DtypeName(info.dtype), " ", ShapeText(info.shape)));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Place place,
      AddKey(SliceKey(name, slice), {info.dtype, ShapeOfBox(box)}));
  SetSlice(slice, *whole->second.add_slices());
  return place;
}

absl::Status CheckpointWriter::AddStrings(
    absl::string_view name, const Shape& shape,
    absl::Span<const std::string> strings) {
  const EncodedStrings encoded = EncodeStrings(strings);
  ROWHOUSE_ASSIGN_OR_RETURN(v1::BundleEntry* const entry,
                            NewEntry(name, Dtype::kString, shape));
  entry->set_offset(static_cast<std::int64_t>(bytes_));
  entry->set_size(static_cast<std::int64_t>(encoded.bytes.size()));
  entry->set_crc32c(encoded.masked_crc);
  ROWHOUSE_RETURN_IF_ERROR(data_.WriteAt(bytes_, encoded.bytes));
  bytes_ += encoded.bytes.size();
  return absl::OkStatus();
}

absl::Status CheckpointWriter::Append(Place place, absl::string_view bytes) {
  Filling& filling = filling_[place];
  const v1::BundleEntry& entry = entries_.find(filling.key)->second;
  const auto room = static_cast<std::uint64_t>(entry.size()) - filling.done;
  if (bytes.size() > room) {
    return absl::InvalidArgumentError(
        absl::StrCat("tensor ", absl::CHexEscape(filling.key), ": ",
                     bytes.size(), " bytes more, ", room, " have room"));
  }
  ROWHOUSE_RETURN_IF_ERROR(data_.WriteAt(
      static_cast<std::uint64_t>(entry.offset()) + filling.done, bytes));
  filling.done += bytes.size();
  filling.crc = Crc32c(bytes.data(), bytes.size(), filling.crc);
  return absl::OkStatus();
}

absl::Status CheckpointWriter::AppendFloats(Place place,
                                            absl::Span<const float> values) {
  return Append(place, {reinterpret_cast<const char*>(values.data()),
                        values.size() * sizeof(float)});
}

absl::Status CheckpointWriter::Finish() {
  for (const Filling& filling : filling_) {
    v1::BundleEntry& entry = entries_.find(filling.key)->second;
    if (filling.done != static_cast<std::uint64_t>(entry.size())) {
      return absl::FailedPreconditionError(
          absl::StrCat("tensor ", absl::CHexEscape(filling.key), " has ",
                       filling.done, " of ", entry.size(), " bytes"));
    }
    entry.set_crc32c(MaskCrc(filling.crc));
  }
  ROWHOUSE_RETURN_IF_ERROR(data_.Commit());
  SortedTableWriter table;
  table.Add("", Header());
  for (const auto& [key, entry] : entries_) {
    table.Add(key, entry.SerializeAsString());
  }
  return WriteWholeFile(IndexFilename(prefix_), table.Finish());
}

}  // namespace rowhouse::interchange
