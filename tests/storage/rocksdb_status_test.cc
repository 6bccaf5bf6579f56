#include "storage/rocksdb_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rocksdb/status.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

absl::StatusCode CodeOf(const rocksdb::Status& status) {
  return FromRocksDb(status, "what").code();
}

TEST(RocksDbStatusTest, EachHasOurCode) {
  using rocksdb::Status;
  EXPECT_EQ(CodeOf(Status::OK()), absl::StatusCode::kOk);
  EXPECT_EQ(CodeOf(Status::NotFound()), absl::StatusCode::kNotFound);
  EXPECT_EQ(CodeOf(Status::Corruption()), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(Status::PathNotFound()), absl::StatusCode::kDataLoss);
  EXPECT_EQ(CodeOf(Status::NoSpace()), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(Status::SpaceLimit()), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CodeOf(Status::IOError()), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(Status::Busy()), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(Status::Incomplete()), absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(Status::ShutdownInProgress()),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(CodeOf(Status::InvalidArgument()), absl::StatusCode::kInternal);
  EXPECT_EQ(CodeOf(Status::NotSupported()), absl::StatusCode::kInternal);
}

TEST(RocksDbStatusTest, TheMessageSaysWhatAndWhy) {
  EXPECT_THAT(
      FromRocksDb(rocksdb::Status::Corruption("bad block"), "scan table 7"),
      StatusIs(absl::StatusCode::kDataLoss,
               AllOf(StartsWith("scan table 7: "), HasSubstr("bad block"))));
}

}  // namespace
}  // namespace rowhouse::storage
