#include "client/interchange/npy.h"

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/limits.h"
#include "base/status_macros.h"
#include "client/interchange/npy_header.h"
#include "client/interchange/varint.h"

namespace rowhouse::interchange {
namespace {

constexpr absl::string_view kMagic("\x93NUMPY", 6);
// Before the header: magic, version, and how long the header is.
constexpr std::size_t kPreambleBytes = 10;
constexpr std::size_t kLongPreambleBytes = 12;  // versions 2 and 3
// NumPy pads so that the array begins at a multiple of it.
constexpr std::size_t kAlignment = 64;

struct Row {
  Dtype dtype;
  absl::string_view name;  // without the mark of the byte order
};
constexpr Row kRows[] = {
    {Dtype::kFloat16, "f2"},   {Dtype::kFloat32, "f4"},
    {Dtype::kFloat64, "f8"},   {Dtype::kInt8, "i1"},
    {Dtype::kInt16, "i2"},     {Dtype::kInt32, "i4"},
    {Dtype::kInt64, "i8"},     {Dtype::kUint8, "u1"},
    {Dtype::kUint16, "u2"},    {Dtype::kUint32, "u4"},
    {Dtype::kUint64, "u8"},    {Dtype::kBool, "b1"},
    {Dtype::kComplex64, "c8"}, {Dtype::kComplex128, "c16"},
};

// "<f4": the byte order, then the type. Single bytes have "|" as order.
std::optional<Dtype> DtypeOf(absl::string_view descr, bool& big_endian) {
  if (descr.empty() || !absl::StrContains("<>|=", descr[0])) {
    return std::nullopt;
  }
  big_endian = descr[0] == '>';
  for (const Row& row : kRows) {
    if (row.name != descr.substr(1)) continue;
    if (descr[0] == '|' && ItemBytes(row.dtype) != 1) return std::nullopt;
    return row.dtype;
  }
  return std::nullopt;
}

std::optional<std::string> DescrOf(Dtype dtype) {
  for (const Row& row : kRows) {
    if (row.dtype != dtype) continue;
    return absl::StrCat(ItemBytes(dtype) == 1 ? "|" : "<", row.name);
  }
  return std::nullopt;
}

absl::Status Damaged(const InputFile& file, absl::string_view what) {
  return absl::DataLossError(absl::StrCat(file.path(), ": ", what));
}

// The header's text; `begin` is where the array begins.
absl::StatusOr<std::string> ReadHeader(const InputFile& file,
                                       std::uint64_t& begin) {
  std::string preamble;
  if (file.size() < kLongPreambleBytes ||
      !file.Read(0, kLongPreambleBytes, preamble).ok() ||
      !absl::StartsWith(preamble, kMagic)) {
    return Damaged(file, "no .npy file");
  }
  const char version = preamble[kMagic.size()];
  if (version < 1 || version > 3) {
    return Damaged(file,
                   absl::StrCat(".npy version ", static_cast<int>(version)));
  }
  const char* const length = preamble.data() + kMagic.size() + 2;
  const std::uint64_t bytes = version == 1 ? LoadWord<std::uint16_t>(length)
                                           : LoadWord<std::uint32_t>(length);
  const std::size_t at = version == 1 ? kPreambleBytes : kLongPreambleBytes;
  if (bytes > kNpyHeaderBytesMax) {
    return Damaged(file,
                   absl::StrCat("a header of ", bytes, " bytes, the most is ",
                                kNpyHeaderBytesMax));
  }
  std::string header;
  if (!file.Read(at, bytes, header).ok()) {
    return Damaged(file, "it ends within its header");
  }
  begin = at + bytes;
  return header;
}

}  // namespace

NpyReader::NpyReader(InputFile file, TensorInfo info, std::uint64_t begin,
                     bool big_endian)
    : file_(std::move(file)),
      info_(std::move(info)),
      begin_(begin),
      big_endian_(big_endian) {}

absl::StatusOr<NpyReader> NpyReader::Open(const std::string& path) {
  ROWHOUSE_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  std::uint64_t begin = 0;
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string text, ReadHeader(file, begin));
  absl::StatusOr<NpyHeader> header = ParseNpyHeader(text);
  if (!header.ok()) return Damaged(file, header.status().message());
  bool big_endian = false;
  const std::optional<Dtype> dtype = DtypeOf(header->descr, big_endian);
  if (!dtype) {
    return absl::UnimplementedError(
        absl::StrCat(path, ": values of type ", header->descr));
  }
  if (header->fortran_order && header->shape.size() > 1) {
    return absl::UnimplementedError(absl::StrCat(
        path,
        ": an array in Fortran order; save numpy.ascontiguousarray of it"));
  }
  const auto elements = ElementsOf(header->shape, ItemBytes(*dtype));
  if (!elements.ok()) return Damaged(file, elements.status().message());
  const std::uint64_t bytes = *elements * ItemBytes(*dtype);
  if (file.size() - begin != bytes) {
    return Damaged(file, absl::StrCat(file.size() - begin,
                                      " bytes of an array of ", bytes));
  }
  return NpyReader(std::move(file), {*dtype, std::move(header->shape)}, begin,
                   big_endian);
}

absl::Status NpyReader::Read(std::uint64_t offset, absl::Span<char> out) const {
  if (offset > file_.size()) {
    return absl::OutOfRangeError(
        absl::StrCat(file_.path(), ": byte ", offset, " of its array"));
  }
  ROWHOUSE_RETURN_IF_ERROR(file_.Read(begin_ + offset, out));
  if (big_endian_) TurnByteOrder(info_.dtype, out);
  return absl::OkStatus();
}

NpyWriter::NpyWriter(OutputFile file, std::uint64_t begin, std::uint64_t end)
    : file_(std::move(file)), at_(begin), end_(end) {}

absl::StatusOr<NpyWriter> NpyWriter::Create(const std::string& path,
                                            const TensorInfo& info) {
  const std::optional<std::string> descr = DescrOf(info.dtype);
  const auto elements = ElementsOf(info.shape, ItemBytes(info.dtype));
  if (!descr || !elements.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": an array of ",
                                                   DtypeName(info.dtype), " ",
                                                   ShapeText(info.shape)));
  }
  std::string header = NpyHeaderText({.descr = *descr, .shape = info.shape});
  // Blanks and a line's end, up to the alignment. A shape of 254 axes does not
  // fill the 64 KiB of version 1.
  const std::size_t bytes = kPreambleBytes + header.size() + 1;
  header.append((kAlignment - bytes % kAlignment) % kAlignment, ' ');
  header.push_back('\n');
  std::string preamble = absl::StrCat(kMagic, absl::string_view("\1\0", 2));
  AppendWord(static_cast<std::uint16_t>(header.size()), preamble);
  ROWHOUSE_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ROWHOUSE_RETURN_IF_ERROR(file.WriteAt(0, preamble + header));
  const std::uint64_t begin = preamble.size() + header.size();
  return NpyWriter(std::move(file), begin,
                   begin + *elements * ItemBytes(info.dtype));
}

absl::Status NpyWriter::Append(absl::string_view bytes) {
  if (bytes.size() > end_ - at_) {
    return absl::InvalidArgumentError(
        absl::StrCat(file_.path(), ": ", bytes.size(), " bytes more, ",
                     end_ - at_, " have room"));
  }
  ROWHOUSE_RETURN_IF_ERROR(file_.WriteAt(at_, bytes));
  at_ += bytes.size();
  return absl::OkStatus();
}

absl::Status NpyWriter::Finish() {
  if (at_ != end_) {
    return absl::FailedPreconditionError(
        absl::StrCat(file_.path(), ": the array lacks ", end_ - at_, " bytes"));
  }
  return file_.Commit();
}

}  // namespace rowhouse::interchange
