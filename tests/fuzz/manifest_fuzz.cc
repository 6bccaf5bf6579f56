// The small files of data directories and checkpoints from any bytes: a
// refusal, or what is written again and read as the same. The first byte says
// which file; the rest is tried as the whole file, as one whose magic and
// checksum are put right, and as the message in a frame.
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/hash.h"
#include "rowhouse/storage/v1/manifest.pb.h"
#include "storage/byte_order.h"
#include "storage/checkpoint_manifest.h"
#include "storage/checkpoint_part.h"
#include "storage/data_dir.h"
#include "storage/framed_file.h"
#include "storage/manifest_seal.h"
#include "storage/mem_disk.h"
#include "tests/fuzz/fuzz_check.h"
#include "tests/fuzz/fuzz_input.h"

namespace rowhouse::storage {
namespace {

constexpr char kDirectory[] = "d";

// In a frame, as docs/formats.md has it.
constexpr std::size_t kCrcAt = 8;
constexpr std::size_t kCheckedAt = 12;

// Bytes of a seal's message; what follows becomes CURRENT.
constexpr std::size_t kSealBytes = 20;

void Put(Disk& disk, const std::string& path, absl::string_view bytes) {
  FuzzCheck(disk.MakeDirectory(kDirectory).ok() &&
                WriteFileAtomically(disk, path, bytes).ok(),
            "no file");
}

void CheckRefusal(const absl::Status& status) {
  FuzzCheck(absl::IsDataLoss(status) || absl::IsFailedPrecondition(status),
            "refused with a status of another kind");
}

// What is equal to itself.
void DropNans(std::vector<float>& values) {
  std::replace_if(
      values.begin(), values.end(),
      [](float value) { return std::isnan(value); }, 0.0f);
}

Watermarks Comparable(Watermarks watermarks) {
  for (auto& [table, steps] : watermarks.steps) DropNans(steps.learning_rates);
  return watermarks;
}

ShardManifest Comparable(ShardManifest manifest) {
  for (CheckpointTable& table : manifest.tables) {
    if (table.steps.has_value()) DropNans(table.steps->learning_rates);
  }
  return manifest;
}

DataDirManifest Comparable(DataDirManifest manifest) { return manifest; }
CheckpointInfo Comparable(CheckpointInfo info) { return info; }
std::string Comparable(const RowDigests& digests) { return digests.Encode(); }

// `read` gives what is there now, `write` replaces it.
template <typename Read, typename Write>
void CheckSurvives(Read read, Write write) {
  const auto first = read();
  if (!first.ok()) return CheckRefusal(first.status());
  FuzzCheck(write(*first).ok(), "not written again");
  const auto second = read();
  FuzzCheck(second.ok(), "refused what was written");
  FuzzCheck(Comparable(*second) == Comparable(*first), "read otherwise");
}

void CheckManifest(absl::string_view file) {
  MemDisk disk;
  Put(disk, "d/MANIFEST", file);
  CheckSurvives([&] { return ReadManifest(disk, kDirectory); },
                [&](const DataDirManifest& manifest) {
                  return WriteManifest(disk, kDirectory, manifest);
                });
}

void CheckWatermarks(absl::string_view file) {
  MemDisk disk;
  Put(disk, "d/WATERMARKS", file);
  CheckSurvives([&] { return ReadWatermarks(disk, kDirectory); },
                [&](const Watermarks& watermarks) {
                  return WriteWatermarks(disk, kDirectory, watermarks);
                });
}

void CheckShardManifest(absl::string_view file) {
  MemDisk disk;
  Put(disk, "d/MANIFEST", file);
  CheckSurvives([&] { return ReadShardManifest(disk, kDirectory); },
                [&](const ShardManifest& manifest) {
                  return WriteFileAtomically(disk, "d/MANIFEST",
                                             EncodeShardManifest(manifest));
                });
}

void CheckCheckpointManifest(absl::string_view file) {
  // Whichever checkpoint it is of: another is refused.
  v1::CheckpointManifest message;
  if (file.size() > kFrameHeaderBytes) {
    message.ParseFromArray(file.data() + kFrameHeaderBytes,
                           static_cast<int>(file.size() - kFrameHeaderBytes));
  }
  std::string bytes(file);
  CheckSurvives(
      [&] { return DecodeCheckpointManifest(bytes, message.name(), "p"); },
      [&](const CheckpointInfo& info) {
        bytes = EncodeCheckpointManifest(info, message.software());
        return absl::OkStatus();
      });
}

void CheckDigests(absl::string_view file) {
  MemDisk disk;
  Put(disk, "d/DIGESTS", file);
  CheckSurvives([&] { return ReadDigests(disk, kDirectory); },
                [&](const RowDigests& digests) {
                  return WriteDigests(disk, kDirectory, digests);
                });
}

void CheckSeal(absl::string_view file) {
  MemDisk disk;
  Put(disk, "d/MANIFEST-000001", "the list of files");
  Put(disk, "d/MANIFEST-000002", "");
  Put(disk, "d/1.sst", "rows");
  // With its frame, the message, and what follows it.
  const std::size_t sealed = kFrameHeaderBytes + kSealBytes;
  const bool has_current = file.size() > sealed;
  Put(disk, "d/CURRENT",
      has_current ? file.substr(sealed) : "MANIFEST-000001\n");
  Put(disk, "d/SEAL",
      has_current
          ? EncodeFrame(kSealMagic, file.substr(kFrameHeaderBytes, kSealBytes))
          : std::string(file));
  ManifestSeal seal(disk, kDirectory);
  const absl::Status status = seal.Check();
  if (!status.ok()) return CheckRefusal(status);
  FuzzCheck(seal.Renew().ok(), "a seal that was right is not renewed");
  FuzzCheck(ManifestSeal(disk, kDirectory).Check().ok(),
            "a seal is wrong that was just made");
}

// A frame is read back as the bytes it is, if it is one.
void CheckFrame(absl::string_view magic, absl::string_view bytes) {
  const auto message = DecodeFrame(magic, bytes, "p");
  if (!message.ok()) return CheckRefusal(message.status());
  FuzzCheck(EncodeFrame(magic, *message) == bytes, "framed otherwise");
}

// The bytes with the magic and the checksum of a frame, if they are as many.
std::string Repaired(absl::string_view magic, absl::string_view bytes) {
  std::string repaired(bytes);
  if (bytes.size() < kFrameHeaderBytes) return repaired;
  magic.copy(repaired.data(), magic.size());
  StoreLittle(Crc32c(&repaired[kCheckedAt], repaired.size() - kCheckedAt),
              &repaired[kCrcAt]);
  return repaired;
}

void CheckFile(absl::string_view magic, void (*check)(absl::string_view),
               absl::string_view bytes) {
  for (const std::string& file : {std::string(bytes), Repaired(magic, bytes),
                                  EncodeFrame(magic, bytes)}) {
    CheckFrame(magic, file);
    check(file);
  }
}

void CheckInput(FuzzInput& input) {
  const char kind = static_cast<char>(input.Byte());
  const absl::string_view bytes = input.Rest();
  switch (kind) {
    case 'm':
      return CheckFile(kDataDirMagic, CheckManifest, bytes);
    case 'w':
      return CheckFile(kWatermarksMagic, CheckWatermarks, bytes);
    case 'p':
      return CheckFile(kCheckpointPartMagic, CheckShardManifest, bytes);
    case 'c':
      return CheckFile(kCheckpointMagic, CheckCheckpointManifest, bytes);
    case 'd':
      return CheckFile(kDigestsMagic, CheckDigests, bytes);
    case 's':
      return CheckFile(kSealMagic, CheckSeal, bytes);
    default:
      return;
  }
}

}  // namespace
}  // namespace rowhouse::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const google::protobuf::LogSilencer silence;  // of texts that are not UTF-8
  rowhouse::FuzzInput input(data, size);
  rowhouse::storage::CheckInput(input);
  return 0;
}
