#include "storage/spare_segments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/mem_disk.h"
#include "tests/storage/stepped_disk.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SpareSegmentsTest : public ::testing::Test {
 protected:
  void SetUp() override { ROWHOUSE_ASSERT_OK(disk_.MakeDirectory("j")); }

  // A whole segment's file, on the disk.
  std::string Segment(int id, std::size_t bytes = kBytes) {
    const std::string path = "j/000000000000000" + std::to_string(id);
    EXPECT_THAT(
        WriteFileAtomically(disk_, path + ".journal", std::string(bytes, 'o')),
        IsOk());
    return path + ".journal";
  }

  std::vector<std::string> Names() { return disk_.List("j").value(); }

  static constexpr std::size_t kBytes = 1000;
  MemDisk disk_;
  SpareSegments spares_{disk_, "j", kBytes, /*count_max=*/2};
};

TEST_F(SpareSegmentsTest, NamesOfSparesAreNoSegments) {
  EXPECT_TRUE(IsSpareFileName("0000000000000001.spare"));
  EXPECT_FALSE(IsSpareFileName("0000000000000001.journal"));
  EXPECT_FALSE(IsSpareFileName("1.spare"));
  EXPECT_FALSE(IsSpareFileName(".spare"));
}

TEST_F(SpareSegmentsTest, KeepsAFewAndRemovesTheRest) {
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(1), Segment(2), Segment(3)}));
  EXPECT_EQ(spares_.count(), 2);
  EXPECT_THAT(Names(),
              ElementsAre("0000000000000001.spare", "0000000000000002.spare"));
  disk_.PowerCut(1, MemDisk::Tear::kSectors);
  EXPECT_THAT(Names(),
              ElementsAre("0000000000000001.spare", "0000000000000002.spare"));
}

TEST_F(SpareSegmentsTest, TakesASpareAsItIs) {
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(1)}));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SpareSegments::Spare spare,
                                spares_.Take());
  EXPECT_EQ(spare.path, "j/0000000000000001.spare");
  EXPECT_EQ(spare.bytes, kBytes);
  ASSERT_NE(spare.file, nullptr);
  EXPECT_THAT(disk_.Read(spare.path, kBytes),
              IsOkAndHolds(std::string(kBytes, 'o')));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SpareSegments::Spare none,
                                spares_.Take());
  EXPECT_EQ(none.file, nullptr);
}

TEST_F(SpareSegmentsTest, AFileThatACheckpointHasLinkedIsNeverWrittenOver) {
  const std::string linked = Segment(1);
  ROWHOUSE_ASSERT_OK(disk_.Link(linked, "kept"));
  ROWHOUSE_ASSERT_OK(spares_.Retire({linked}));
  EXPECT_EQ(spares_.count(), 0);
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_THAT(disk_.Read("kept", kBytes),
              IsOkAndHolds(std::string(kBytes, 'o')));
  // Nor one that was linked by its spare's name.
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(2)}));
  ROWHOUSE_ASSERT_OK(disk_.Link("j/0000000000000002.spare", "kept too"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SpareSegments::Spare none,
                                spares_.Take());
  EXPECT_EQ(none.file, nullptr);
  EXPECT_THAT(Names(), IsEmpty());
}

TEST_F(SpareSegmentsTest, FilesFarFromASegmentsSizeAreNotKept) {
  ROWHOUSE_ASSERT_OK(
      spares_.Retire({Segment(1, kBytes / 2 - 1), Segment(2, 2 * kBytes + 1)}));
  EXPECT_THAT(Names(), IsEmpty());
  ROWHOUSE_ASSERT_OK(
      spares_.Retire({Segment(3, kBytes / 2), Segment(4, 2 * kBytes)}));
  EXPECT_EQ(spares_.count(), 2);
}

TEST_F(SpareSegmentsTest, AFileThatIsGoneIsNoError) {
  ROWHOUSE_EXPECT_OK(spares_.Retire({"j/0000000000000009.journal"}));
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(1)}));
  ROWHOUSE_ASSERT_OK(disk_.Remove("j/0000000000000001.spare"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SpareSegments::Spare none,
                                spares_.Take());
  EXPECT_EQ(none.file, nullptr);
}

TEST_F(SpareSegmentsTest, TheNextProcessTakesThemUp) {
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(1), Segment(2)}));
  Segment(3);
  disk_.Kill();
  SpareSegments next(disk_, "j", kBytes, /*count_max=*/1);
  ROWHOUSE_ASSERT_OK(next.Adopt());
  EXPECT_EQ(next.count(), 1);
  EXPECT_THAT(Names(), ElementsAre("0000000000000001.spare",
                                   "0000000000000003.journal"));
}

TEST_F(SpareSegmentsTest, DroppedTheirRoomIsFree) {
  ROWHOUSE_ASSERT_OK(spares_.Retire({Segment(1), Segment(2)}));
  ROWHOUSE_ASSERT_OK(spares_.Drop());
  EXPECT_EQ(spares_.count(), 0);
  EXPECT_THAT(Names(), IsEmpty());
}

// Until its new name is on the disk a power cut may bring the old one back, and
// then the file must hold the old segment.
TEST_F(SpareSegmentsTest, AFileIsNotOfferedBeforeItsNameIsOnTheDisk) {
  const std::string segment = Segment(1);
  SpareSegments* watched = nullptr;
  SteppedDisk stepped(disk_, [&](const std::string&) {
    EXPECT_EQ(watched->count(), 0) << "nothing is left to be done";
  });
  SpareSegments spares(stepped, "j", kBytes, /*count_max=*/2);
  watched = &spares;
  ROWHOUSE_ASSERT_OK(spares.Retire({segment}));
  EXPECT_EQ(spares.count(), 1);
}

}  // namespace
}  // namespace rowhouse::storage
