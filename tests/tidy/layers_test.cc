#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/tidy/rules.h"
#include "tests/tidy/source_tree.h"

namespace rowhouse::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// What the rule says about one file that includes `header`, in a tree that
// has one public header in each of the two rooms that have any.
std::vector<Finding> Including(const std::string& path,
                               const std::string& header) {
  return CheckLayers(
      SourceTree::Of({{path, "// A file.\n#include " + header},
                      {"base/include/rowhouse/ids.h", ""},
                      {"client/include/rowhouse/client.h", ""}}));
}

TEST(LayersTest, NamesFileLineAndBothRooms) {
  EXPECT_THAT(Including("kernels/combine.cc", "\"storage/journal.h\""),
              ElementsAre(Finding{"kernels/combine.cc", 2,
                                  "kernels/ may not include storage/: "
                                  "storage/journal.h"}));
}

TEST(LayersTest, RoomsLookDownOnly) {
  EXPECT_THAT(Including("shard/shard.cc", "\"kernels/combine.h\""), IsEmpty());
  EXPECT_THAT(Including("kernels/a.cc", "\"shard/shard.h\""), SizeIs(1));
  EXPECT_THAT(Including("base/a.cc", "\"kernels/combine.h\""), SizeIs(1));
  EXPECT_THAT(Including("storage/a.cc", "\"kernels/combine.h\""), SizeIs(1));
  EXPECT_THAT(Including("shard/a.cc", "\"proto/wire/hot.h\""), SizeIs(1));
}

TEST(LayersTest, ServerAndClientNeverMeet) {
  EXPECT_THAT(Including("server/a.cc", "\"client/internal/retry.h\""),
              SizeIs(1));
  EXPECT_THAT(Including("server/a.cc", "\"rowhouse/client.h\""), SizeIs(1));
  EXPECT_THAT(Including("client/a.cc", "\"server/server.h\""), SizeIs(1));
}

TEST(LayersTest, EmbeddedIsTheOneDoorFromClientToShard) {
  EXPECT_THAT(Including("client/embedded/a.cc", "\"shard/shard.h\""),
              IsEmpty());
  EXPECT_THAT(Including("client/a.cc", "\"shard/shard.h\""), SizeIs(1));
  EXPECT_THAT(Including("client/internal/a.cc", "\"storage/disk.h\""),
              SizeIs(1));
}

TEST(LayersTest, NothingBelowIncludesTests) {
  EXPECT_THAT(Including("shard/a.cc", "\"tests/testing/fake_clock.h\""),
              SizeIs(1));
  EXPECT_THAT(Including("tests/shard/a_test.cc", "\"shard/shard.h\""),
              IsEmpty());
}

TEST(LayersTest, GeneratedCodeByKind) {
  const std::string manifest = "\"rowhouse/storage/v1/manifest.pb.h\"";
  const std::string messages = "\"rowhouse/v1/types.pb.h\"";
  const std::string services = "\"rowhouse/v1/admin_service.grpc.pb.h\"";
  EXPECT_THAT(Including("storage/a.cc", manifest), IsEmpty());
  EXPECT_THAT(Including("storage/a.cc", messages), SizeIs(1));
  EXPECT_THAT(Including("proto/wire/a.cc", messages), IsEmpty());
  EXPECT_THAT(Including("proto/wire/a.cc", services), SizeIs(1));
  EXPECT_THAT(Including("server/a.cc", services), IsEmpty());
  EXPECT_THAT(Including("client/internal/a.cc", services), IsEmpty());
  EXPECT_THAT(Including("client/a.cc", messages), SizeIs(1));
  EXPECT_THAT(Including("shard/a.cc", messages), SizeIs(1));
}

TEST(LayersTest, PublicHeadersIncludePublicHeaders) {
  const std::string path = "client/include/rowhouse/offload.h";
  EXPECT_THAT(Including(path, "\"rowhouse/client.h\""), IsEmpty());
  EXPECT_THAT(Including(path, "\"rowhouse/ids.h\""), IsEmpty());
  EXPECT_THAT(Including(path, "\"absl/status/status.h\""), IsEmpty());
  EXPECT_THAT(Including(path, "\"base/limits.h\""), SizeIs(1));
  EXPECT_THAT(Including("base/include/rowhouse/a.h", "\"rowhouse/client.h\""),
              SizeIs(1));
}

TEST(LayersTest, OutsidePackagesStayInTheirRooms) {
  EXPECT_THAT(Including("storage/rocksdb_row_store.cc", "<rocksdb/db.h>"),
              IsEmpty());
  EXPECT_THAT(Including("storage/rocksdb_row_store.h", "<rocksdb/db.h>"),
              SizeIs(1));
  EXPECT_THAT(Including("shard/a.cc", "\"rocksdb/db.h\""), SizeIs(1));
  EXPECT_THAT(Including("base/log.cc", "<spdlog/spdlog.h>"), IsEmpty());
  EXPECT_THAT(Including("server/a.cc", "<spdlog/spdlog.h>"), SizeIs(1));
  EXPECT_THAT(Including("client/a.cc", "<grpcpp/grpcpp.h>"), SizeIs(1));
  EXPECT_THAT(Including("client/internal/a.cc", "<grpcpp/grpcpp.h>"),
              IsEmpty());
  EXPECT_THAT(Including("server/a.cc", "<CLI/CLI.hpp>"), SizeIs(1));
  EXPECT_THAT(Including("server/main.cc", "<CLI/CLI.hpp>"), IsEmpty());
  EXPECT_THAT(Including("client/a.cc", "<nlohmann/json.hpp>"), SizeIs(1));
  EXPECT_THAT(Including("server/a.cc", "<gtest/gtest.h>"), SizeIs(1));
}

TEST(LayersTest, LowRoomsDoNoInputOutputAndStartNoThreads) {
  EXPECT_THAT(Including("shard/a.cc", "<fstream>"), SizeIs(1));
  EXPECT_THAT(Including("kernels/a.cc", "<sys/mman.h>"), SizeIs(1));
  EXPECT_THAT(Including("storage/posix_disk.cc", "<fcntl.h>"), IsEmpty());
  EXPECT_THAT(Including("shard/a.cc", "<thread>"), SizeIs(1));
  EXPECT_THAT(Including("base/executor.cc", "<thread>"), IsEmpty());
  EXPECT_THAT(Including("shard/a.cc", "<mutex>"), SizeIs(1));
  EXPECT_THAT(Including("shard/a.cc", "<vector>"), IsEmpty());
}

TEST(LayersTest, UnknownIncludesAndFolders) {
  EXPECT_THAT(Including("shard/a.cc", "<boost/any.hpp>")[0].message,
              HasSubstr("in no row of the table"));
  EXPECT_THAT(Including("shard/a.cc", "\"table.h\"")[0].message,
              HasSubstr("not a path from the root"));
  EXPECT_THAT(Including("attic/a.cc", "<vector>")[0].message,
              HasSubstr("no room"));
}

TEST(LayersTest, CommentsAreNoIncludes) {
  EXPECT_THAT(Including("base/a.cc", "<vector>  // not \"shard/shard.h\""),
              IsEmpty());
  EXPECT_THAT(CheckLayers(SourceTree::Of(
                  {{"base/a.cc", "/*\n#include \"shard/shard.h\"\n*/"}})),
              IsEmpty());
}

}  // namespace
}  // namespace rowhouse::tidy
