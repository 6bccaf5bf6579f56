#include "client/interchange/checkpoint_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/string_tensor.h"
#include "client/interchange/varint.h"

namespace rowhouse::interchange {
namespace {

// Read at a time: large enough that system calls do not show, small beside any
// table.
constexpr std::uint64_t kPieceBytes = 4u << 20;

// Of a string in memory while a tensor of them is read: itself and its length.
constexpr std::uint64_t kStringBytes =
    sizeof(std::string) + sizeof(std::uint64_t);

// `status` with the tensor's name in front.
absl::Status Named(const absl::Status& status, absl::string_view prefix,
                   absl::string_view name) {
  return {status.code(),
          absl::StrCat(prefix, ": tensor ", absl::CHexEscape(name), ": ",
                       status.message())};
}

// Values of a box behind each value of its first axis.
std::uint64_t RowVolume(const Box& box) {
  std::uint64_t volume = 1;
  for (std::size_t axis = 1; axis < box.size(); ++axis) {
    volume *= static_cast<std::uint64_t>(box[axis].length);
  }
  return volume;
}

}  // namespace

CheckpointReader::CheckpointReader(std::string prefix, BundleIndex index)
    : prefix_(std::move(prefix)), index_(std::move(index)) {}

absl::StatusOr<CheckpointReader> CheckpointReader::Open(
    absl::string_view prefix) {
  ROWHOUSE_ASSIGN_OR_RETURN(BundleIndex index, BundleIndex::Read(prefix));
  return CheckpointReader(std::string(prefix), std::move(index));
}

absl::StatusOr<TensorInfo> CheckpointReader::Describe(
    absl::string_view name) const {
  ROWHOUSE_ASSIGN_OR_RETURN(StoredTensor stored, index_.Find(name));
  return std::move(stored.info);
}

absl::StatusOr<const InputFile*> CheckpointReader::DataFile(int shard) {
  const auto found = data_files_.find(shard);
  if (found != data_files_.end()) return &found->second;
  ROWHOUSE_ASSIGN_OR_RETURN(
      InputFile file,
      InputFile::Open(DataFilename(prefix_, shard, index_.shards())));
  return &data_files_.emplace(shard, std::move(file)).first->second;
}

// Where the parts of `name` are, from the index alone.
absl::StatusOr<CheckpointReader::Layout*> CheckpointReader::LayoutOf(
    absl::string_view name) {
  const auto found = layouts_.find(name);
  if (found != layouts_.end()) return &found->second;
  ROWHOUSE_ASSIGN_OR_RETURN(StoredTensor whole, index_.Find(name));
  Layout layout{.info = whole.info};
  if (whole.slices.empty()) {
    const TensorSlice slice = WholeSlice(whole.info.shape.size());
    ROWHOUSE_ASSIGN_OR_RETURN(const Box box, BoxOf(slice, whole.info.shape));
    layout.parts.push_back({.slice = slice, .box = box});
  }
  for (TensorSlice& slice : whole.slices) {
    absl::StatusOr<Box> box = BoxOf(slice, whole.info.shape);
    if (!box.ok()) return Named(box.status(), prefix_, name);
    layout.parts.push_back({.slice = std::move(slice), .box = *std::move(box)});
  }
  std::stable_sort(layout.parts.begin(), layout.parts.end(),
                   [](const Part& a, const Part& b) {
                     return !a.box.empty() && a.box[0].start < b.box[0].start;
                   });
  std::vector<Box> boxes;
  boxes.reserve(layout.parts.size());
  for (const Part& part : layout.parts) boxes.push_back(part.box);
  const absl::StatusOr<bool> overlap = AnyOverlap(boxes);
  if (!overlap.ok()) return Named(overlap.status(), prefix_, name);
  if (*overlap) {
    return absl::InternalError(absl::StrCat(
        prefix_, ": the parts of tensor ", absl::CHexEscape(name), " overlap"));
  }
  return &layouts_.emplace(name, std::move(layout)).first->second;
}

// What the index says of a part fits the tensor.
absl::StatusOr<StoredTensor> CheckpointReader::FindPart(
    absl::string_view name, const TensorInfo& whole, const Part& part) const {
  const bool plain = part.slice == WholeSlice(whole.shape.size());
  const absl::StatusOr<StoredTensor> stored =
      index_.Find(plain ? std::string(name) : SliceKey(name, part.slice));
  ROWHOUSE_RETURN_IF_ERROR(stored.status());
  if (stored->info.dtype != whole.dtype ||
      stored->info.shape != ShapeOfBox(part.box)) {
    return absl::DataLossError(absl::StrCat(
        prefix_, ": part ", SliceText(part.slice), " of tensor ",
        absl::CHexEscape(name), " is ", DtypeName(stored->info.dtype), " ",
        ShapeText(stored->info.shape)));
  }
  const std::uint64_t bytes = stored->elements * ItemBytes(whole.dtype);
  if (whole.dtype != Dtype::kString && stored->size != bytes) {
    return absl::DataLossError(absl::StrCat(
        prefix_, ": tensor ", absl::CHexEscape(name), " of ", stored->elements,
        " ", DtypeName(whole.dtype), " is stored in ", stored->size,
        " bytes instead of ", bytes));
  }
  return stored;
}

absl::Status CheckpointReader::VerifyPart(absl::string_view name,
                                          const TensorInfo& whole, Part& part) {
  if (part.verified) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(part.stored, FindPart(name, whole, part));
  const StoredTensor& stored = part.stored;
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile* file, DataFile(stored.shard));
  std::string piece;
  // Else a long read would precede the news that the file is too short.
  ROWHOUSE_RETURN_IF_ERROR(file->CheckRange(stored.offset, stored.size));
  std::uint32_t crc = 0;
  for (std::uint64_t done = 0; done < stored.size; done += piece.size()) {
    ROWHOUSE_RETURN_IF_ERROR(
        file->Read(stored.offset + done,
                   std::min(kPieceBytes, stored.size - done), piece));
    crc = Crc32c(piece.data(), piece.size(), crc);
  }
  if (MaskCrc(crc) != stored.masked_crc) {
    return absl::DataLossError(
        absl::StrCat(file->path(), ": tensor ", absl::CHexEscape(name), ", ",
                     stored.size, " bytes at offset ", stored.offset,
                     ": checksum ", absl::Hex(stored.masked_crc),
                     ", calculated ", absl::Hex(MaskCrc(crc))));
  }
  part.verified = true;
  return absl::OkStatus();
}

// REQUIRES: `part` is verified.
absl::Status CheckpointReader::CopyPart(const Part& part,
                                        std::size_t item_bytes, const Box& box,
                                        absl::Span<char> out) {
  const std::optional<Box> common = Intersection(part.box, box);
  if (!common) return absl::OkStatus();
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile* file, DataFile(part.stored.shard));
  std::string piece;
  if (part.box.empty()) {  // a scalar
    ROWHOUSE_RETURN_IF_ERROR(
        file->Read(part.stored.offset, part.stored.size, piece));
    std::copy(piece.begin(), piece.end(), out.begin());
    return absl::OkStatus();
  }
  const std::uint64_t row_bytes = RowVolume(part.box) * item_bytes;
  const auto rows_max = static_cast<std::int64_t>(
      std::max<std::uint64_t>(kPieceBytes / row_bytes, 1));
  const Extent rows = (*common)[0];
  for (std::int64_t done = 0; done < rows.length; done += rows_max) {
    Box piece_box = part.box;
    piece_box[0] = {.start = rows.start + done,
                    .length = std::min(rows_max, rows.length - done)};
    const auto skipped =
        static_cast<std::uint64_t>(piece_box[0].start - part.box[0].start);
    ROWHOUSE_RETURN_IF_ERROR(file->Read(
        part.stored.offset + skipped * row_bytes,
        static_cast<std::uint64_t>(piece_box[0].length) * row_bytes, piece));
    CopyCommon(piece_box, piece.data(), box, out.data(), item_bytes);
  }
  return absl::OkStatus();
}

// Verifies every part that `box` needs.
absl::Status CheckpointReader::Prepare(absl::string_view name, Layout& layout,
                                       const Box& box) {
  std::uint64_t covered = 0;
  for (const Part& part : layout.parts) {
    if (const auto common = Intersection(part.box, box)) {
      covered += VolumeOf(*common);
    }
  }
  if (covered != VolumeOf(box)) {
    return absl::InvalidArgumentError(
        absl::StrCat(prefix_, ": the parts of tensor ", absl::CHexEscape(name),
                     " leave a hole in ", SliceText(box)));
  }
  for (Part& part : layout.parts) {
    // One part is read even when it has no values, as TensorFlow does.
    if (layout.parts.size() > 1 && !Intersection(part.box, box)) continue;
    ROWHOUSE_RETURN_IF_ERROR(VerifyPart(name, layout.info, part));
  }
  return absl::OkStatus();
}

absl::Status CheckpointReader::CopyBox(const Layout& layout, const Box& box,
                                       absl::Span<char> out) {
  const Dtype dtype = layout.info.dtype;
  for (const Part& part : layout.parts) {
    ROWHOUSE_RETURN_IF_ERROR(CopyPart(part, ItemBytes(dtype), box, out));
  }
  if (index_.big_endian()) TurnByteOrder(dtype, out);
  return absl::OkStatus();
}

absl::StatusOr<Tensor> CheckpointReader::ReadStrings(absl::string_view name,
                                                     std::uint64_t bytes_max) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredTensor stored, index_.Find(name));
  ROWHOUSE_ASSIGN_OR_RETURN(const InputFile* file, DataFile(stored.shard));
  // An empty string takes a byte of the file, and more than that in memory.
  if (stored.size > bytes_max || stored.elements > bytes_max / kStringBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        prefix_, ": tensor ", absl::CHexEscape(name), " of ", stored.elements,
        " strings, ", stored.size, " bytes, the most is ",
        bytes_max / kStringBytes, " strings, ", bytes_max, " bytes"));
  }
  std::string bytes;
  ROWHOUSE_RETURN_IF_ERROR(file->Read(stored.offset, stored.size, bytes));
  absl::StatusOr<std::vector<std::string>> strings = DecodeStrings(
      bytes, stored.elements, stored.masked_crc, index_.big_endian());
  if (!strings.ok()) return Named(strings.status(), file->path(), name);
  return Tensor{.info = stored.info, .strings = *std::move(strings)};
}

absl::StatusOr<Tensor> CheckpointReader::Read(absl::string_view name) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredTensor stored, index_.Find(name));
  if (stored.info.dtype == Dtype::kString && stored.slices.empty()) {
    return ReadStrings(name, kTensorBytesMax);
  }
  return ReadSlice(name, WholeSlice(stored.info.shape.size()));
}

absl::StatusOr<std::string> CheckpointReader::ReadString(
    absl::string_view name, std::uint64_t bytes_max) {
  ROWHOUSE_ASSIGN_OR_RETURN(const StoredTensor stored, index_.Find(name));
  if (stored.info.dtype != Dtype::kString || stored.elements != 1 ||
      !stored.slices.empty()) {
    return absl::DataLossError(
        absl::StrCat(prefix_, ": tensor ", absl::CHexEscape(name), " is ",
                     DtypeName(stored.info.dtype), " ",
                     ShapeText(stored.info.shape), ", not one string"));
  }
  ROWHOUSE_ASSIGN_OR_RETURN(Tensor tensor, ReadStrings(name, bytes_max));
  return std::move(tensor.strings[0]);
}

absl::StatusOr<Tensor> CheckpointReader::ReadSlice(absl::string_view name,
                                                   const TensorSlice& slice) {
  ROWHOUSE_ASSIGN_OR_RETURN(Layout* const layout, LayoutOf(name));
  const absl::StatusOr<Box> box = BoxOf(slice, layout->info.shape);
  if (!box.ok()) return Named(box.status(), prefix_, name);
  // As it is stored, or whole where it is strings.
  const bool is_string = layout->info.dtype == Dtype::kString;
  const bool uncut = absl::c_any_of(layout->parts, [&](const Part& part) {
    return part.box == *box &&
           (!is_string || part.slice == WholeSlice(box->size()));
  });
  if (!uncut && !CanBeCut(layout->info.dtype)) {
    return absl::InvalidArgumentError(
        absl::StrCat(prefix_, ": tensor ", absl::CHexEscape(name), " is of ",
                     DtypeName(layout->info.dtype),
                     ", which is not read or put together in parts"));
  }
  if (is_string) {
    return ReadStrings(name, kTensorBytesMax);
  }
  const std::size_t item_bytes = ItemBytes(layout->info.dtype);
  const std::uint64_t bytes = VolumeOf(*box) * item_bytes;
  if (bytes > kTensorBytesMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        prefix_, ": ", bytes, " bytes of tensor ", absl::CHexEscape(name),
        " at once, the most is ", kTensorBytesMax));
  }
  ROWHOUSE_RETURN_IF_ERROR(Prepare(name, *layout, *box));
  Tensor tensor{.info = {layout->info.dtype, ShapeOfBox(*box)},
                .bytes = std::string(bytes, '\0')};
  ROWHOUSE_RETURN_IF_ERROR(
      CopyBox(*layout, *box, absl::MakeSpan(tensor.bytes)));
  return tensor;
}

absl::StatusOr<Tensor> CheckpointReader::Restore(
    absl::string_view name, Dtype dtype, absl::string_view shape_and_slice) {
  ROWHOUSE_ASSIGN_OR_RETURN(const TensorInfo info, Describe(name));
  if (info.dtype != dtype) {
    return absl::InvalidArgumentError(
        absl::StrCat(prefix_, ": tensor ", absl::CHexEscape(name), " is of ",
                     DtypeName(info.dtype), ", not of ", DtypeName(dtype)));
  }
  if (shape_and_slice.empty()) return Read(name);
  ROWHOUSE_ASSIGN_OR_RETURN(const ShapeAndSlice wanted,
                            ParseShapeAndSlice(shape_and_slice));
  // In TensorFlow's order: the slice against the shape beside it comes first.
  ROWHOUSE_RETURN_IF_ERROR(BoxOf(wanted.slice, wanted.shape).status());
  if (info.shape != wanted.shape) {
    return absl::InvalidArgumentError(absl::StrCat(
        prefix_, ": tensor ", absl::CHexEscape(name), " is of shape ",
        ShapeText(info.shape), ", not ", ShapeText(wanted.shape)));
  }
  return ReadSlice(name, wanted.slice);
}

absl::Status CheckpointReader::ReadRows(absl::string_view name,
                                        std::uint64_t first,
                                        absl::Span<float> out) {
  ROWHOUSE_ASSIGN_OR_RETURN(Layout* const layout, LayoutOf(name));
  const TensorInfo& info = layout->info;
  const std::size_t rank = info.shape.size();
  const std::int64_t width = rank == 2 ? info.shape[1] : 1;
  if (info.dtype != Dtype::kFloat32 || rank < 1 || rank > 2 || width == 0 ||
      out.size() % static_cast<std::uint64_t>(width) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(prefix_, ": tensor ", absl::CHexEscape(name), " is ",
                     DtypeName(info.dtype), " ", ShapeText(info.shape),
                     ": no rows for ", out.size(), " floats"));
  }
  TensorSlice slice = WholeSlice(rank);
  slice[0] = {.start = static_cast<std::int64_t>(first),
              .length = static_cast<std::int64_t>(out.size()) / width};
  const absl::StatusOr<Box> box = BoxOf(slice, info.shape);
  if (!box.ok()) return Named(box.status(), prefix_, name);
  ROWHOUSE_RETURN_IF_ERROR(Prepare(name, *layout, *box));
  return CopyBox(*layout, *box,
                 absl::MakeSpan(reinterpret_cast<char*>(out.data()),
                                out.size() * sizeof(float)));
}

absl::Status CheckpointReader::Verify(absl::string_view name) {
  ROWHOUSE_ASSIGN_OR_RETURN(Layout* const layout, LayoutOf(name));
  if (layout->info.dtype == Dtype::kString) return Read(name).status();
  ROWHOUSE_ASSIGN_OR_RETURN(
      const Box box,
      BoxOf(WholeSlice(layout->info.shape.size()), layout->info.shape));
  return Prepare(name, *layout, box);
}

}  // namespace rowhouse::interchange
