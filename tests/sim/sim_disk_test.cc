#include "tests/sim/sim_disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse::sim {
namespace {

using ::testing::HasSubstr;

class SimDiskTest : public testing::Test, public SimDisk::Watcher {
 protected:
  void OnDeath() override {
    ++deaths_;
    disk_.Die();
    own_.Kill();
  }
  void OnJournalBytes(absl::string_view bytes) override {
    journal_ += std::string(bytes);
  }

  // Runs as the only task.
  void Run(const std::function<void()>& fn) {
    scheduler_.Spawn("test", fn);
    ROWHOUSE_EXPECT_OK(scheduler_.Run());
  }
  absl::Status Append(storage::WritableFile& file, const std::string& text) {
    return file.Append({absl::Span<const char>(text)});
  }

  RandomChoices choices_{1, 1};
  Scheduler scheduler_{choices_, 100'000};
  storage::MemDisk own_;
  storage::MemDisk shared_;
  SimDisk disk_{scheduler_, 1, own_, shared_, *this};
  int deaths_ = 0;
  std::string journal_;
};

TEST_F(SimDiskTest, DiesInsteadOfAStepAndDoesNothingAfter) {
  Run([&] {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("/d"));
    disk_.DieAtStep(2);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create("/d/a"));
    const auto dead = StatusIs(absl::StatusCode::kUnavailable,
                               HasSubstr("the process is dead"));
    EXPECT_THAT(disk_.Rename("/d/a", "/d/b"), dead);
    EXPECT_EQ(deaths_, 1);
    EXPECT_THAT(disk_.Exists("/d/a"), dead);
    EXPECT_THAT(file->Sync(), dead);
    EXPECT_THAT(own_.Exists("/d/a"), IsOkAndHolds(true));
  });
}

TEST_F(SimDiskTest, DiesBetweenARenameAndTheSyncThatMakesItSafe) {
  Run([&] {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("/d"));
    ROWHOUSE_ASSERT_OK(disk_.Create("/d/a").status());
    disk_.DieAfterRename(2);
    ROWHOUSE_ASSERT_OK(disk_.Rename("/d/a", "/d/b"));
    ROWHOUSE_ASSERT_OK(disk_.SyncDirectory("/d"));
    ROWHOUSE_ASSERT_OK(disk_.Rename("/d/b", "/d/c"));
    EXPECT_EQ(deaths_, 0);
    EXPECT_THAT(disk_.SyncDirectory("/d"),
                StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_EQ(deaths_, 1);
    EXPECT_THAT(own_.Exists("/d/c"), IsOkAndHolds(true));
  });
}

TEST_F(SimDiskTest, JournalBytesAreSeenWhenTheyArrive) {
  Run([&] {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("/d/journal"));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create("/d/journal/1"));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto other, disk_.Create("/d/other"));
    ROWHOUSE_ASSERT_OK(Append(*other, "no"));
    ROWHOUSE_ASSERT_OK(Append(*file, "abc"));
    EXPECT_EQ(journal_, "abc");
    disk_.FailAppend(1);
    EXPECT_THAT(Append(*file, "def"),
                StatusIs(absl::StatusCode::kUnavailable,
                         HasSubstr("injected error of append")));
    EXPECT_TRUE(disk_.failed());
    EXPECT_THAT(own_.Read("/d/journal/1", 100), IsOkAndHolds(journal_));
  });
}

TEST_F(SimDiskTest, AfterAFailedSyncOthersLieAlsoOfTheNextProcess) {
  Run([&] {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("/d"));
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(auto file, disk_.Create("/d/a"));
    ROWHOUSE_ASSERT_OK(disk_.SyncDirectory("/d"));
    ROWHOUSE_ASSERT_OK(Append(*file, "abc"));
    disk_.FailSync(1);
    EXPECT_THAT(file->Sync(), StatusIs(absl::StatusCode::kUnavailable));
    ROWHOUSE_EXPECT_OK(file->Sync());
    own_.Kill();
    ROWHOUSE_EXPECT_OK(own_.SyncFile("/d/a"));
    std::string left = "abc";
    for (std::uint64_t seed = 0; seed < 10 && left == "abc"; ++seed) {
      own_.PowerCut(seed, storage::MemDisk::Tear::kPrefix);
      ROWHOUSE_ASSERT_OK_AND_ASSIGN(left, own_.Read("/d/a", 100));
    }
    EXPECT_NE(left, "abc");
  });
}

TEST_F(SimDiskTest, PathsBelowTheSharedRootLieOnTheSharedDisk) {
  Run([&] {
    ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("/shared/c"));
    ROWHOUSE_ASSERT_OK(disk_.Create("/shared/c/a").status());
    EXPECT_THAT(shared_.Exists("/shared/c/a"), IsOkAndHolds(true));
    EXPECT_THAT(own_.Exists("/shared"), IsOkAndHolds(false));
  });
}

}  // namespace
}  // namespace rowhouse::sim
