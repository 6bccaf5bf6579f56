#include "client/interchange/checkpoint_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "client/interchange/file.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The state of a directory whose file is `text`; paths without the directory.
absl::StatusOr<std::optional<CheckpointState>> Read(const std::string& text) {
  const TempDir dir;
  SetBytes(dir.File("checkpoint"), text);
  ROWHOUSE_ASSIGN_OR_RETURN(auto state, ReadCheckpointState(dir.path()));
  if (state) {
    state->latest = state->latest.substr(dir.path().size() + 1);
    for (std::string& one : state->all) {
      one = one.substr(dir.path().size() + 1);
    }
  }
  return state;
}

TEST(CheckpointStateTest, TextFormatInFull) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const auto state, Read("# a comment\n"
                             "model_checkpoint_path: 'a' \"b\\143\\x64\" ;\n"
                             "all_model_checkpoint_paths: ['one', \"two\"],"
                             "all_model_checkpoint_paths: 'three'\n"
                             "all_model_checkpoint_timestamps: [1, 2.5, 3e2]\n"
                             "last_preserved_timestamp: 7\n"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->latest, "abcd");
  EXPECT_THAT(state->all, ElementsAre("one", "two", "three"));
  EXPECT_THAT(state->times, ElementsAre(1, 2.5, 300));
  EXPECT_EQ(state->last_preserved_time, 7);
}

TEST(CheckpointStateTest, AScalarGivenTwiceHasItsLastValue) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto state,
                                Read("model_checkpoint_path: 'a'\n"
                                     "model_checkpoint_path: 'b'\n"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->latest, "b");
  EXPECT_THAT(state->all, IsEmpty());
}

TEST(CheckpointStateTest, TextsThatAreNotOfTheMessageAreNoState) {
  for (const char* text :
       {"model_checkpoint_path", "model_checkpoint_path: a",
        "model_checkpoint_path: 'a", "model_checkpoint_path: 3",
        "model_checkpoint_path: 'a' other: 1", "other: 'a'",
        "model_checkpoint_path: 'a' [x.y]: 1", "model_checkpoint_path: 'a' {}",
        "1: 'a'", "model_checkpoint_path: ['a', 'b']",
        "model_checkpoint_path: 'a' last_preserved_timestamp: 'x'",
        "model_checkpoint_path: '\\377'",
        "model_checkpoint_path: 'a' all_model_checkpoint_paths: '\\xff'"}) {
    EXPECT_THAT(Read(text), IsOkAndHolds(::testing::Eq(std::nullopt))) << text;
  }
}

TEST(CheckpointStateTest, NoLatestIsAnError) {
  for (const char* text : {"", "# nothing\n", "model_checkpoint_path: ''",
                           "all_model_checkpoint_paths: 'a'", "\xff"}) {
    EXPECT_THAT(Read(text), StatusIs(absl::StatusCode::kInvalidArgument))
        << text;
  }
}

TEST(CheckpointStateTest, AFileTooLongIsNoState) {
  const std::string text = "model_checkpoint_path: 'a'\n#";
  EXPECT_TRUE(
      Read(text + std::string(kCheckpointStateBytesMax - text.size(), 'x'))
          .value()
          .has_value());
  EXPECT_FALSE(Read(text + std::string(kCheckpointStateBytesMax, 'x')).value());
}

TEST(CheckpointStateTest, OldNamesGoBeforeTheFileIsTooLong) {
  const TempDir dir;
  CheckpointState state;
  for (std::size_t i = 0; i < kCheckpointStateBytesMax / 100; ++i) {
    state.all.push_back(absl::StrCat("/", std::string(99, 'x'), i));
    state.times.push_back(static_cast<double>(i));
  }
  state.latest = state.all.back();
  ROWHOUSE_ASSERT_OK(WriteCheckpointState(dir.path(), state));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto read,
                                ReadCheckpointState(dir.path()));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->latest, state.latest);
  EXPECT_EQ(read->all.back(), state.latest);
  EXPECT_EQ(read->times.back(), state.times.back());
  EXPECT_EQ(read->times.size(), read->all.size());
  EXPECT_LT(read->all.size(), state.all.size());
}

TEST(CheckpointStateTest, LatestIsWhatIsNamed) {
  const std::string folder = Recorded("state_times");
  EXPECT_THAT(LatestCheckpoint(folder), IsOkAndHolds(folder + "/ckpt-1"));
  EXPECT_THAT(ResolveCheckpoint(folder), IsOkAndHolds(folder + "/ckpt-1"));
  // What is no directory stands for itself, there or not.
  EXPECT_THAT(ResolveCheckpoint(folder + "/ckpt-9"),
              IsOkAndHolds(folder + "/ckpt-9"));
  EXPECT_THAT(ResolveCheckpoint(Recorded("state_missing_target")),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ResolveCheckpoint(Recorded("state_absent")),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(CheckpointStateTest, WritesWhatItReads) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteCheckpointState(
      dir.path(), {.latest = dir.File("b-2"),
                   .all = {"/elsewhere/b-1", dir.File("b-2")},
                   .times = {1700000000.25, 1700000100.5},
                   .last_preserved_time = 3}));
  EXPECT_EQ(BytesOf(dir.File("checkpoint")),
            "model_checkpoint_path: \"b-2\"\n"
            "all_model_checkpoint_paths: \"/elsewhere/b-1\"\n"
            "all_model_checkpoint_paths: \"b-2\"\n"
            "all_model_checkpoint_timestamps: 1700000000.25\n"
            "all_model_checkpoint_timestamps: 1700000100.5\n"
            "last_preserved_timestamp: 3\n");
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const auto state,
                                ReadCheckpointState(dir.path()));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->latest, dir.File("b-2"));
  EXPECT_THAT(state->all, ElementsAre("/elsewhere/b-1", dir.File("b-2")));
}

TEST(CheckpointStateTest, TheLatestIsAmongAll) {
  const TempDir dir;
  ROWHOUSE_ASSERT_OK(WriteCheckpointState(
      dir.path(), {.latest = "b-2", .all = {"b-1"}, .times = {1}}));
  EXPECT_EQ(BytesOf(dir.File("checkpoint")),
            "model_checkpoint_path: \"b-2\"\n"
            "all_model_checkpoint_paths: \"b-1\"\n"
            "all_model_checkpoint_paths: \"b-2\"\n");
}

TEST(CheckpointStateTest, StatesThatAreNotWritten) {
  const TempDir dir;
  EXPECT_THAT(WriteCheckpointState(dir.path(), {}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(WriteCheckpointState(dir.path(), {.latest = "checkpoint"}),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      WriteCheckpointState(dir.path(), {.latest = dir.File("checkpoint")}),
      StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(WriteCheckpointState(
                  dir.path(), {.latest = "a", .all = {"a"}, .times = {1, 2}}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace rowhouse::interchange
