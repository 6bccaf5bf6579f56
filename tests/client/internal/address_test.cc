#include "client/internal/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Address, EmbeddedDirectory) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(Address address,
                                ParseAddress("embedded:/tmp/a,b:c"));
  EXPECT_EQ(address.embedded_dir, "/tmp/a,b:c");
  EXPECT_THAT(address.servers, IsEmpty());
}

TEST(Address, ServersKeepTheirOrder) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      Address address, ParseAddress("b:65535, a:1,[::1]:80,unix:/run/x"));
  EXPECT_THAT(address.servers,
              ElementsAre("b:65535", "a:1", "[::1]:80", "unix:/run/x"));
  EXPECT_EQ(address.embedded_dir, "");
}

TEST(Address, WhatIsNoAddressIsNamed) {
  for (const char* bad :
       {"", "host", "host:", "host:0", "host:65536", "host:http", ":80",
        "etcd://host:2379", "unix:", "a:1,,b:2", "a:1,b"}) {
    EXPECT_THAT(ParseAddress(bad), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr("neither HOST:PORT")))
        << bad;
  }
  EXPECT_THAT(ParseAddress("a:1,b"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'b'")));
  EXPECT_THAT(ParseAddress("embedded:"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("names no directory")));
}

}  // namespace
}  // namespace rowhouse::internal
