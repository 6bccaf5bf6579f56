#include "server/handlers/tables.h"

#include <string>

#include "proto/wire/convert.h"
#include "tests/server/handlers/shard_under_test.h"

namespace rowhouse::server {
namespace {

using ::testing::HasSubstr;

class TablesTest : public ShardUnderTest {
 protected:
  static v1::CreateTableRequest Create(const std::string& name) {
    v1::CreateTableRequest request;
    *request.mutable_spec() = wire::ToProto(shard::AdagradTable(name));
    request.set_incarnation(11);
    return request;
  }
};

TEST_F(TablesTest, CreatesOnceAndAnswersTwice) {
  v1::CreateTableResponse response;
  for (int i = 0; i < 2; ++i) {
    ROWHOUSE_ASSERT_OK(CreateTable(shard(), Create("new"), response));
    EXPECT_EQ(response.table().spec().name(), "new");
    EXPECT_EQ(response.table().spec().adagrad().initial_accumulator(), 0.1f);
    EXPECT_EQ(response.table().incarnation(), 11u);
    EXPECT_EQ(response.table().rows_stored(), 0u);
  }
  EXPECT_EQ(shard().Info().tables, 2u);
}

TEST_F(TablesTest, BadSpecsGetTheirCodeAndTheirNumbersAndChangeNothing) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  v1::CreateTableResponse response;
  v1::CreateTableRequest request = Create("new");
  request.set_incarnation(0);
  EXPECT_THAT(CreateTable(shard(), request, response),
              StatusIs(invalid, HasSubstr("incarnation 0")));
  request = Create("new");
  request.mutable_spec()->set_dim(8193);
  EXPECT_THAT(CreateTable(shard(), request, response),
              StatusIs(invalid, HasSubstr("8193")));
  request = Create("");
  EXPECT_THAT(CreateTable(shard(), request, response), StatusIs(invalid));
  request = Create("new");
  request.mutable_spec()->clear_optimizer();
  EXPECT_THAT(CreateTable(shard(), request, response),
              StatusIs(invalid, HasSubstr("spec.optimizer: missing")));
  // "t" is another table, and 5 is its incarnation.
  EXPECT_THAT(
      CreateTable(shard(), Create("t"), response),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("exists as")));
  request = Create("new");
  request.set_incarnation(5);
  EXPECT_THAT(CreateTable(shard(), request, response),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("incarnation 5 is that of table 't'")));
  ExpectNothingChanged();
}

TEST_F(TablesTest, DescribesAndLists) {
  v1::DescribeTableRequest request;
  request.set_name("t");
  v1::DescribeTableResponse response;
  ROWHOUSE_ASSERT_OK(DescribeTable(shard(), request, response));
  EXPECT_EQ(response.table().spec().rows(), 100u);
  EXPECT_EQ(response.table().rows_stored(), 2u);
  EXPECT_GT(response.table().memory_bytes(), 0u);
  request.set_name("u");
  EXPECT_THAT(DescribeTable(shard(), request, response),
              StatusIs(absl::StatusCode::kNotFound, "no table 'u'"));
  v1::CreateTableResponse created;
  ROWHOUSE_ASSERT_OK(CreateTable(shard(), Create("a"), created));
  v1::ListTablesResponse tables;
  ROWHOUSE_ASSERT_OK(ListTables(shard(), {}, tables));
  ASSERT_EQ(tables.tables_size(), 2);
  EXPECT_EQ(tables.tables(0).spec().name(), "a");
  EXPECT_EQ(tables.tables(1).spec().name(), "t");
}

TEST_F(TablesTest, Drops) {
  v1::DropTableRequest request;
  request.set_name("u");
  v1::DropTableResponse response;
  EXPECT_THAT(DropTable(shard(), request, response),
              StatusIs(absl::StatusCode::kNotFound, "no table 'u'"));
  ExpectNothingChanged();
  request.set_name("t");
  const std::uint64_t incarnation =
      shard().DescribeTable("t")->incarnation.value();
  request.set_incarnation(incarnation + 1);
  EXPECT_THAT(
      DropTable(shard(), request, response),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("the one here is")));
  ExpectNothingChanged();
  request.set_incarnation(incarnation);
  request.set_shard_incarnation(shard().Info().incarnation + 1);
  EXPECT_THAT(DropTable(shard(), request, response),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("'t' was to be dropped when shard 0")));
  ExpectNothingChanged();
  request.set_shard_incarnation(shard().Info().incarnation);
  ROWHOUSE_ASSERT_OK(DropTable(shard(), request, response));
  EXPECT_EQ(shard().Info().tables, 0u);
}

TEST_F(TablesTest, TellsOfTheShard) {
  v1::GetShardInfoResponse response;
  ROWHOUSE_ASSERT_OK(GetShardInfo(shard(), {}, response));
  EXPECT_EQ(response.map_version(), 7u);
  EXPECT_EQ(response.shard_count(), 1u);
  EXPECT_EQ(response.bucket_end(), 16384u);
  EXPECT_EQ(response.state(), "serving");
  EXPECT_EQ(response.pushes(), 2u);
  EXPECT_EQ(response.push_rows(), 3u);
  EXPECT_EQ(response.sessions(), 1u);
}

}  // namespace
}  // namespace rowhouse::server
