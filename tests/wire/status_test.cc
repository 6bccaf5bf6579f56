#include "proto/wire/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

TEST(StatusTest, EveryCodeGoesThereAndBack) {
  for (int code = 1; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "why");
    const grpc::Status sent = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(sent.error_code()), code);
    EXPECT_EQ(sent.error_message(), "why");
    EXPECT_EQ(FromGrpcStatus(sent), status);
  }
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
}

TEST(StatusTest, NamesMeanTheSame) {
  EXPECT_EQ(ToGrpcStatus(absl::DataLossError("")).error_code(),
            grpc::StatusCode::DATA_LOSS);
  EXPECT_EQ(ToGrpcStatus(absl::FailedPreconditionError("")).error_code(),
            grpc::StatusCode::FAILED_PRECONDITION);
}

TEST(StatusTest, LongAndBinaryMessagesAreMadeToFit) {
  const std::string text(kErrorMessageBytesMax + 100, '\xfe');
  const std::string sent =
      ToGrpcStatus(absl::InternalError(text)).error_message();
  EXPECT_EQ(sent, std::string(kErrorMessageBytesMax, '?'));
}

TEST(StatusTest, CodesOfAnotherGrpcAreUnknown) {
  EXPECT_THAT(
      FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(17), "new")),
      StatusIs(absl::StatusCode::kUnknown, "new"));
}

}  // namespace
}  // namespace rowhouse::wire
