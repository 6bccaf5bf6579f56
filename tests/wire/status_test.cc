#include "proto/wire/status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "base/session_status.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

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

TEST(StatusTest, AnEndedSessionIsMarkedThereAndBack) {
  const grpc::Status sent = ToGrpcStatus(SessionEndedError("session 3"));
  const absl::Status back = FromGrpcStatus(sent);
  EXPECT_EQ(back, SessionEndedError("session 3"));
  EXPECT_TRUE(IsSessionEnded(back));
  EXPECT_THAT(sent.error_details(), HasSubstr("SESSION_ENDED"));
  const grpc::Status refused =
      ToGrpcStatus(absl::FailedPreconditionError("session 3"));
  EXPECT_FALSE(IsSessionEnded(FromGrpcStatus(refused)));
  // The mark of another message, or of a reply that somebody has changed.
  EXPECT_FALSE(IsSessionEnded(FromGrpcStatus(
      grpc::Status(sent.error_code(), "session 4", sent.error_details()))));
}

TEST(StatusTest, LongAndBinaryMessagesAreMadeToFit) {
  const std::string text(kErrorMessageBytesMax + 100, '\xfe');
  const std::string sent =
      ToGrpcStatus(absl::InternalError(text)).error_message();
  EXPECT_EQ(sent, std::string(kErrorMessageBytesMax, '?'));
}

TEST(StatusTest, CodesOfAnotherGrpcAreUnknown) {
  EXPECT_THAT(FromGrpcStatus(grpc::Status(static_cast<grpc::StatusCode>(17),
                                          "new", "some details")),
              StatusIs(absl::StatusCode::kUnknown, "new"));
}

// What gRPC says when a stream is reset or a server dies in a call is no
// answer; the same codes from a handler are one.
TEST(StatusTest, ACallThatWasCutOffIsUnavailableUnderWhateverCode) {
  const grpc::StatusCode codes[] = {
      grpc::StatusCode::CANCELLED, grpc::StatusCode::UNKNOWN,
      grpc::StatusCode::INTERNAL, static_cast<grpc::StatusCode>(17)};
  for (const grpc::StatusCode code : codes) {
    EXPECT_THAT(FromGrpcStatus(grpc::Status(code, "stream reset")),
                StatusIs(absl::StatusCode::kUnavailable,
                         AllOf(HasSubstr("cut off with "),
                               HasSubstr(": stream reset"))))
        << code;
  }
  EXPECT_THAT(FromGrpcStatus(grpc::Status(grpc::StatusCode::INTERNAL, "")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("INTERNAL")));
  EXPECT_THAT(FromGrpcStatus(ToGrpcStatus(absl::InternalError("our bug"))),
              StatusIs(absl::StatusCode::kInternal, "our bug"));
}

// A server that is short of memory ends streams, whatever came of them; one
// whose message is too large has not been read.
TEST(StatusTest, NoRoomInGrpcIsNoAnswerButForAMessageTooLarge) {
  const auto from_grpc = [](const char* message) {
    return FromGrpcStatus(
        grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, message));
  };
  EXPECT_THAT(from_grpc("RST_STREAM"), StatusIs(absl::StatusCode::kUnavailable,
                                                HasSubstr("RST_STREAM")));
  EXPECT_THAT(from_grpc("Received message larger than max (5 vs. 4)"),
              StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(
      FromGrpcStatus(ToGrpcStatus(absl::ResourceExhaustedError("our disk"))),
      StatusIs(absl::StatusCode::kResourceExhausted, "our disk"));
}

// Codes that gRPC gives to calls that no handler saw stay what they are.
TEST(StatusTest, WhatSaysThatNothingWasDoneNeedsNoMark) {
  const grpc::StatusCode codes[] = {grpc::StatusCode::UNIMPLEMENTED,
                                    grpc::StatusCode::UNAVAILABLE,
                                    grpc::StatusCode::DEADLINE_EXCEEDED,
                                    grpc::StatusCode::FAILED_PRECONDITION};
  for (const grpc::StatusCode code : codes) {
    EXPECT_EQ(static_cast<int>(FromGrpcStatus(grpc::Status(code, "")).code()),
              static_cast<int>(code));
  }
}

// google.rpc.Status by hand: other languages take an error from there.
TEST(StatusTest, TheDetailsAreTheStatusOnceMore) {
  EXPECT_EQ(ToGrpcStatus(absl::InternalError("ab")).error_details(),
            std::string("\x08\x0d\x12\x02"
                        "ab"));
  const std::string long_text(300, 'x');
  EXPECT_EQ(ToGrpcStatus(absl::NotFoundError(long_text)).error_details(),
            "\x08\x05\x12\xac\x02" + long_text);
  EXPECT_EQ(ToGrpcStatus(absl::OkStatus()).error_details(), "");
}

}  // namespace
}  // namespace rowhouse::wire
