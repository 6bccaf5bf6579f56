#include "client/interchange/bundle_index.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/file.h"
#include "client/interchange/limits.h"
#include "client/interchange/sorted_table_reader.h"
#include "rowhouse/interchange/v1/checkpoint.pb.h"

namespace rowhouse::interchange {
namespace {

// The version of the format that this reader knows. (No writer ever made
// another.)
constexpr int kVersion = 1;

// Bytes of an entry in memory beside its own: a tree's node with two strings.
constexpr std::uint64_t kNodeBytes = 128;

bool Parse(absl::string_view bytes, v1::BundleEntry& entry) {
  return entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

absl::Status CheckVersion(const std::string& filename,
                          const v1::Version& version) {
  if (version.producer() >= 0 && version.min_consumer() <= kVersion &&
      !absl::c_linear_search(version.bad_consumers(), kVersion)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat(filename, ": not for readers of version ", kVersion,
                   ": it is of version ", version.producer(), " and wants ",
                   version.min_consumer()));
}

TensorSlice SliceOf(const v1::Slice& message) {
  TensorSlice slice;
  slice.reserve(static_cast<std::size_t>(message.extent_size()));
  for (const v1::Slice::Extent& extent : message.extent()) {
    if (extent.has_length()) {
      slice.push_back({.start = extent.start(), .length = extent.length()});
    } else {
      slice.emplace_back();
    }
  }
  return slice;
}

absl::StatusOr<Shape> ShapeOf(const v1::Shape& message) {
  if (message.unknown_rank()) {
    return absl::DataLossError("the number of axes is unknown");
  }
  Shape shape;
  shape.reserve(static_cast<std::size_t>(message.dim_size()));
  for (const v1::Shape::Dim& dim : message.dim()) shape.push_back(dim.size());
  return shape;
}

absl::StatusOr<StoredTensor> ToStored(const v1::BundleEntry& entry) {
  StoredTensor stored;
  ROWHOUSE_ASSIGN_OR_RETURN(stored.info.shape, ShapeOf(entry.shape()));
  const std::optional<Dtype> dtype = DtypeOfNumber(entry.dtype());
  ROWHOUSE_ASSIGN_OR_RETURN(
      stored.elements,
      ElementsOf(stored.info.shape, dtype ? ItemBytes(*dtype) : 1));
  if (!dtype) {
    return absl::UnimplementedError(
        absl::StrCat("TensorFlow's type ", entry.dtype()));
  }
  stored.info.dtype = *dtype;
  if (entry.shard_id() < 0 || entry.offset() < 0 || entry.size() < 0) {
    return absl::DataLossError(absl::StrCat("data file ", entry.shard_id(),
                                            ", offset ", entry.offset(), ", ",
                                            entry.size(), " bytes"));
  }
  stored.shard = entry.shard_id();
  stored.offset = static_cast<std::uint64_t>(entry.offset());
  stored.size = static_cast<std::uint64_t>(entry.size());
  stored.masked_crc = entry.crc32c();
  for (const v1::Slice& slice : entry.slices()) {
    stored.slices.push_back(SliceOf(slice));
  }
  return stored;
}

}  // namespace

std::string IndexFilename(absl::string_view prefix) {
  return absl::StrCat(prefix, ".index");
}

std::string DataFilename(absl::string_view prefix, int shard, int shards) {
  return absl::StrFormat("%s.data-%05d-of-%05d", prefix, shard, shards);
}

absl::StatusOr<BundleIndex> BundleIndex::Read(absl::string_view prefix) {
  BundleIndex index;
  index.filename_ = IndexFilename(prefix);
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile file,
                            InputFile::Open(index.filename_));
  ROWHOUSE_RETURN_IF_ERROR(ReadSortedTable(file, [&](absl::string_view key,
                                                     absl::string_view value) {
    // The header is the first: its key is the empty one.
    return index.shards_ == 0 ? index.SetHeader(value) : index.Add(key, value);
  }));
  if (index.shards_ == 0) {
    return absl::InternalError(
        absl::StrCat(index.filename_, " has no entry, not even its header"));
  }
  index.ListNames();
  return index;
}

absl::Status BundleIndex::SetHeader(absl::string_view value) {
  v1::BundleHeader header;
  if (!header.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
      header.num_shards() < 1) {
    return absl::DataLossError(
        absl::StrCat(filename_, ": the header does not parse"));
  }
  shards_ = header.num_shards();
  big_endian_ = header.endianness() == v1::BundleHeader::BIG;
  return CheckVersion(filename_, header.version());
}

absl::Status BundleIndex::Add(absl::string_view key, absl::string_view value) {
  if (value.size() > kIndexEntryBytesMax) {
    return TooMuch(absl::StrCat("the entry of ", absl::CHexEscape(key)),
                   value.size(), "bytes", kIndexEntryBytesMax);
  }
  v1::BundleEntry entry;
  if (!Parse(value, entry)) {
    return absl::DataLossError(absl::StrCat(filename_, ": the entry of ",
                                            absl::CHexEscape(key),
                                            " does not parse"));
  }
  const auto parts = static_cast<std::size_t>(entry.slices_size());
  if (parts > kTensorSlicesMax) {
    return TooMuch(absl::StrCat("tensor ", absl::CHexEscape(key)), parts,
                   "parts", kTensorSlicesMax);
  }
  bytes_ += kNodeBytes + key.size() + value.size();
  if (bytes_ > kIndexBytesMax) {
    return TooMuch(absl::StrCat(entries_.size() + 1, " entries"), bytes_,
                   "bytes", kIndexBytesMax);
  }
  entries_.emplace_hint(entries_.end(), key, value);
  if (parts > 0) in_parts_.emplace_back(key);
  return absl::OkStatus();
}

absl::Status BundleIndex::TooMuch(absl::string_view what, std::uint64_t size,
                                  absl::string_view unit,
                                  std::uint64_t most) const {
  return absl::ResourceExhaustedError(absl::StrCat(
      filename_, ": ", what, " has ", size, " ", unit, ", the most is ", most));
}

// A part's key is that of no tensor. Only keys that are there are compared: a
// few bytes may name a part, and its key would have the tensor's name in it.
void BundleIndex::ListNames() {
  absl::flat_hash_set<absl::string_view> parts;
  for (const std::string& name : in_parts_) {
    const std::string front = SliceKeyFront(name);
    absl::flat_hash_map<absl::string_view, absl::string_view> keys_by_end;
    for (auto at = entries_.lower_bound(front);
         at != entries_.end() && absl::StartsWith(at->first, front); ++at) {
      const absl::string_view key = at->first;
      keys_by_end.emplace(key.substr(front.size()), key);
    }
    if (keys_by_end.empty()) continue;
    v1::BundleEntry entry;
    Parse(entries_.find(name)->second, entry);
    for (const v1::Slice& slice : entry.slices()) {
      const auto found = keys_by_end.find(SliceKeyEnd(SliceOf(slice)));
      if (found != keys_by_end.end()) parts.insert(found->second);
    }
  }
  for (const auto& [key, entry] : entries_) {
    if (!parts.contains(key)) names_.push_back(key);
  }
}

absl::StatusOr<StoredTensor> BundleIndex::Find(absl::string_view key) const {
  const auto found = entries_.find(key);
  if (found == entries_.end()) {
    return absl::NotFoundError(
        absl::StrCat(filename_, " has no tensor ", absl::CHexEscape(key)));
  }
  v1::BundleEntry entry;
  Parse(found->second, entry);  // as it did in Add
  absl::StatusOr<StoredTensor> stored = ToStored(entry);
  if (stored.ok()) return stored;
  return absl::Status(
      stored.status().code(),
      absl::StrCat(filename_, ": tensor ", absl::CHexEscape(key), ": ",
                   stored.status().message()));
}

}  // namespace rowhouse::interchange
