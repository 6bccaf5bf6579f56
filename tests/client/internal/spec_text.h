// Feature specs in text format, as tests write them.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERNAL_SPEC_TEXT_H_
#define ROWHOUSE_TESTS_CLIENT_INTERNAL_SPEC_TEXT_H_

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>

#include "rowhouse/v1/feature_spec.pb.h"

namespace rowhouse::internal {

// A message from its text; a failed test and an empty message otherwise.
template <typename Message>
Message Parse(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message;
}

// On one line, fields in the order of their numbers.
inline std::string TextOf(const google::protobuf::Message& message) {
  return message.ShortDebugString();
}

}  // namespace rowhouse::internal

#endif  // ROWHOUSE_TESTS_CLIENT_INTERNAL_SPEC_TEXT_H_
