#include "storage/stored_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rowhouse/storage/v1/manifest.pb.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::HasSubstr;

TEST(StoredSessionTest, ComesBack) {
  const StoredSession session = {.number = 3,
                                 .lowest = 4,
                                 .highest_plus_one = 9,
                                 .last_lsn = 77,
                                 .snapshot_epoch = 2,
                                 .done = {4, 6, 8}};
  v1::StoredSession message;
  EncodeSession(session, message);
  EXPECT_THAT(DecodeSession(message, "P"), IsOkAndHolds(session));
}

TEST(StoredSessionTest, SequencesOutOfPlaceAreDamage) {
  for (const std::vector<std::uint64_t>& done :
       {std::vector<std::uint64_t>{3}, {9}, {6, 6}, {6, 5}}) {
    v1::StoredSession message;
    EncodeSession({.number = 3,
                   .lowest = 4,
                   .highest_plus_one = 9,
                   .last_lsn = 77,
                   .snapshot_epoch = 2,
                   .done = done},
                  message);
    EXPECT_THAT(DecodeSession(message, "P"),
                StatusIs(absl::StatusCode::kDataLoss,
                         HasSubstr("P: session 3: sequences out of order")));
  }
}

}  // namespace
}  // namespace rowhouse::storage
