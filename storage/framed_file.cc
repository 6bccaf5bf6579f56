#include "storage/framed_file.h"

#include "absl/strings/str_cat.h"
#include "base/hash.h"
#include "base/status_macros.h"
#include "storage/byte_order.h"

namespace rowhouse::storage {
namespace {

constexpr std::size_t kCrcAt = 8;
constexpr std::size_t kFormatAt = 12;
constexpr std::size_t kLengthAt = 16;

}  // namespace

std::string EncodeFrame(absl::string_view magic, absl::string_view message) {
  std::string frame(kFrameHeaderBytes, '\0');
  magic.copy(frame.data(), kCrcAt);
  StoreLittle(kFrameFormat, &frame[kFormatAt]);
  StoreLittle(static_cast<std::uint64_t>(message.size()), &frame[kLengthAt]);
  frame.append(message.data(), message.size());
  StoreLittle(Crc32c(&frame[kFormatAt], frame.size() - kFormatAt),
              &frame[kCrcAt]);
  return frame;
}

absl::StatusOr<absl::string_view> DecodeFrame(absl::string_view magic,
                                              absl::string_view bytes,
                                              absl::string_view path) {
  const auto damage = [&](absl::string_view what) {
    return absl::DataLossError(absl::StrCat(path, ": ", what));
  };
  if (bytes.size() < kFrameHeaderBytes) {
    return damage(absl::StrCat("cut off after ", bytes.size(), " bytes"));
  }
  if (bytes.substr(0, magic.size()) != magic) return damage("wrong magic");
  if (LoadLittle<std::uint32_t>(&bytes[kCrcAt]) !=
      Crc32c(&bytes[kFormatAt], bytes.size() - kFormatAt)) {
    return damage("fails its checksum");
  }
  const auto format = LoadLittle<std::uint32_t>(&bytes[kFormatAt]);
  if (format != kFrameFormat) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": format ", format, ", this program reads ", kFrameFormat));
  }
  const absl::string_view message = bytes.substr(kFrameHeaderBytes);
  if (LoadLittle<std::uint64_t>(&bytes[kLengthAt]) != message.size()) {
    return damage(absl::StrCat("has ", message.size(), " bytes of message"));
  }
  return message;
}

absl::Status WriteFramedFile(Disk& disk, const std::string& path,
                             absl::string_view magic,
                             absl::string_view message) {
  if (kFrameHeaderBytes + message.size() > kFramedFileBytesMax) {
    return absl::InternalError(
        absl::StrCat(path, " would have ", kFrameHeaderBytes + message.size(),
                     " bytes, at most ", kFramedFileBytesMax, " are read"));
  }
  return WriteFileAtomically(disk, path, EncodeFrame(magic, message));
}

absl::StatusOr<std::string> ReadFramedFile(Disk& disk, const std::string& path,
                                           absl::string_view magic) {
  ROWHOUSE_ASSIGN_OR_RETURN(const std::string bytes,
                            disk.Read(path, kFramedFileBytesMax));
  ROWHOUSE_ASSIGN_OR_RETURN(const absl::string_view message,
                            DecodeFrame(magic, bytes, path));
  return std::string(message);
}

}  // namespace rowhouse::storage
