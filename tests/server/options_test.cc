#include "server/options.h"

#include <functional>
#include <string>
#include <vector>

#include "tests/testing/status_matchers.h"

namespace rowhouse::server {
namespace {

using ::testing::HasSubstr;

Options Good() {
  Options options;
  options.data_dir = "/d";
  return options;
}

TEST(OptionsTest, DefaultsServeOneShardOnLoopback) {
  ROWHOUSE_EXPECT_OK(Validate(Good()));
  EXPECT_EQ(Good().listen, "127.0.0.1:7070");
  EXPECT_FALSE(Good().allow_remote);
}

TEST(OptionsTest, SaysWhichFlagMakesNoSense) {
  struct Case {
    std::function<void(Options&)> change;
    std::string says;
  };
  for (const Case& c : std::vector<Case>{
           {[](Options& o) { o.listen = "nowhere"; }, "--listen nowhere: "},
           {[](Options& o) { o.listen = "0.0.0.0:7070"; },
            "--listen 0.0.0.0:7070: other machines reach this address, and "
            "there is no TLS yet; --allow-remote permits it"},
           {[](Options& o) { o.data_dir.clear(); }, "--data-dir: missing"},
           {[](Options& o) { o.shard_count = 0; },
            "--shard-count 0: expected 1 to 1024"},
           {[](Options& o) { o.shard_count = 1025; },
            "--shard-count 1025: expected 1 to 1024"},
           {[](Options& o) {
              o.shard_index = 4;
              o.shard_count = 4;
            },
            "--shard-index 4: must be below --shard-count 4"},
           {[](Options& o) { o.map_version = 0; },
            "--map-version 0: expected at least 1"},
           {[](Options& o) { o.threads = 257; }, "--threads 257: at most 256"},
           {[](Options& o) { o.row_memory_bytes = 1000; },
            "--row-memory 1000: expected 0 or at least 16777216"},
           {[](Options& o) { o.journal_bytes_max = 1 << 20; },
            "--journal-bytes-max 1048576: expected at least two segments, "
            "134217728"},
           {[](Options& o) { o.session_lease = absl::Seconds(1); },
            "--session-lease 1s: expected two signs of life, 2s, to 1h"},
           {[](Options& o) { o.session_lease = absl::Hours(2); },
            "--session-lease 2h: expected"},
           {[](Options& o) { o.drain_timeout = -absl::Seconds(1); },
            "--drain-timeout -1s: expected 0 to 1h"},
           {[](Options& o) { o.drain_timeout = absl::Hours(2); },
            "--drain-timeout 2h: expected 0 to 1h"},
       }) {
    Options options = Good();
    c.change(options);
    EXPECT_THAT(Validate(options), StatusIs(absl::StatusCode::kInvalidArgument,
                                            HasSubstr(c.says)));
  }
}

TEST(OptionsTest, BordersAreIn) {
  for (const auto& change : std::vector<std::function<void(Options&)>>{
           [](Options& o) {
             o.listen = "0.0.0.0:7070";
             o.allow_remote = true;
           },
           [](Options& o) { o.listen = "unix:/tmp/s"; },
           [](Options& o) {
             o.shard_index = 1023;
             o.shard_count = 1024;
           },
           [](Options& o) { o.threads = 256; },
           [](Options& o) { o.drain_timeout = absl::ZeroDuration(); },
           [](Options& o) { o.drain_timeout = absl::Hours(1); },
       }) {
    Options options = Good();
    change(options);
    ROWHOUSE_EXPECT_OK(Validate(options));
  }
}

}  // namespace
}  // namespace rowhouse::server
