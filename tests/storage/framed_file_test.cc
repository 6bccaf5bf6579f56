#include "storage/framed_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "absl/strings/escaping.h"
#include "base/hash.h"
#include "storage/mem_disk.h"
#include "tests/storage/formats_example.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

TEST(FramedFileTest, TheWorkedExampleIsTrue) {
  // Watermarks whose only field set is durable_lsn = 40.
  EXPECT_EQ(absl::BytesToHexString(EncodeFrame(kWatermarksMagic, "\x28\x28")),
            absl::BytesToHexString(FormatsExample("frame")));
}

TEST(FramedFileTest, EveryFlippedBitAndEveryOtherLengthIsFound) {
  const std::string frame = EncodeFrame(kDataDirMagic, "message");
  EXPECT_THAT(DecodeFrame(kDataDirMagic, frame, "f"), IsOkAndHolds("message"));
  for (std::size_t i = 0; i < 8 * frame.size(); ++i) {
    std::string damaged = frame;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    EXPECT_THAT(DecodeFrame(kDataDirMagic, damaged, "dir/F"),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("dir/F: ")))
        << i;
  }
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_THAT(DecodeFrame(kDataDirMagic, frame.substr(0, size), "f"),
                StatusIs(absl::StatusCode::kDataLoss));
  }
  EXPECT_THAT(DecodeFrame(kDataDirMagic, frame + '\0', "f"),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST(FramedFileTest, AFileOfAnotherKindIsFound) {
  EXPECT_THAT(
      DecodeFrame(kWatermarksMagic, EncodeFrame(kDataDirMagic, "m"), "f"),
      StatusIs(absl::StatusCode::kDataLoss, HasSubstr("magic")));
}

TEST(FramedFileTest, ANewerFormatIsSaidToBeOne) {
  std::string frame = EncodeFrame(kDataDirMagic, "m");
  frame[12] = 2;
  const std::uint32_t crc = Crc32c(frame.data() + 12, frame.size() - 12);
  std::memcpy(frame.data() + 8, &crc, sizeof(crc));
  EXPECT_THAT(
      DecodeFrame(kDataDirMagic, frame, "f"),
      StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("format 2")));
}

TEST(FramedFileTest, WhatCouldNotBeReadIsNotWritten) {
  MemDisk disk;
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk, "f", kDataDirMagic, "old"));
  std::string message(kFramedFileBytesMax - kFrameHeaderBytes + 1, 'm');
  EXPECT_THAT(WriteFramedFile(disk, "f", kDataDirMagic, message),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("67108865")));
  EXPECT_THAT(ReadFramedFile(disk, "f", kDataDirMagic), IsOkAndHolds("old"));
  message.pop_back();
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk, "f", kDataDirMagic, message));
  EXPECT_THAT(ReadFramedFile(disk, "f", kDataDirMagic), IsOkAndHolds(message));
}

TEST(FramedFileTest, AFileIsReplacedWhole) {
  MemDisk disk;
  EXPECT_THAT(ReadFramedFile(disk, "F", kDataDirMagic),
              StatusIs(absl::StatusCode::kNotFound));
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk, "F", kDataDirMagic, "longer one"));
  ROWHOUSE_ASSERT_OK(WriteFramedFile(disk, "F", kDataDirMagic, ""));
  disk.PowerCut(0, MemDisk::Tear::kPrefix);
  EXPECT_THAT(ReadFramedFile(disk, "F", kDataDirMagic), IsOkAndHolds(""));
}

}  // namespace
}  // namespace rowhouse::storage
