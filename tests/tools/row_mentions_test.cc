#include "tools/row_mentions.h"

#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/tools/stored_files.h"

namespace rowhouse::tools {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RowMentionsTest : public testing::Test {
 protected:
  void SetUp() override { WriteWordsDataDir(dir_.path(), Lsn(5)); }

  std::vector<RowMention> Mentions(TableIncarnation table, Id id) {
    std::vector<RowMention> mentions;
    EXPECT_THAT(ReadRowMentions(dir_.path(), table, id, mentions), IsOk());
    return mentions;
  }

  TempDir dir_;
};

TEST_F(RowMentionsTest, FindsPushesAndWrites) {
  const auto seven = Mentions(kWordsIncarnation, 7);
  ASSERT_EQ(seven.size(), 2u);
  EXPECT_EQ(seven[0].lsn, Lsn(2));
  EXPECT_EQ(seven[0].times, 1u);
  EXPECT_EQ(seven[1].lsn, Lsn(3));
  EXPECT_EQ(seven[1].session, 1u);
  EXPECT_EQ(seven[1].sequence, 1u);
  EXPECT_EQ(seven[1].times, 2u);
  const auto nine = Mentions(kWordsIncarnation, 9);
  ASSERT_EQ(nine.size(), 2u);
  EXPECT_STREQ(nine[0].kind, "push");
  EXPECT_STREQ(nine[1].kind, "write rows");
  EXPECT_EQ(nine[1].lsn, Lsn(4));
}

TEST_F(RowMentionsTest, OnlyOfThatRow) {
  EXPECT_THAT(Mentions(kWordsIncarnation, 8), IsEmpty());
  EXPECT_THAT(Mentions(TableIncarnation(0x4321), 7), IsEmpty());
}

TEST_F(RowMentionsTest, KeepsWhatCameBeforeDamage) {
  DamageFile(dir_.File("journal/0000000000000001.journal"), 280);
  std::vector<RowMention> mentions;
  EXPECT_THAT(ReadRowMentions(dir_.path(), kWordsIncarnation, 7, mentions),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("offset 272")));
  EXPECT_EQ(mentions.size(), 1u);
}

}  // namespace
}  // namespace rowhouse::tools
