#include "tests/sim/models/orders.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "shard/shard.h"
#include "storage/mem_row_store.h"
#include "tests/sim/ledger.h"
#include "tests/sim/push_message.h"
#include "tests/sim/scheduler.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_executor.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::sim {
namespace {

constexpr std::uint64_t kSteps = 1'000'000;

TEST(OrdersTest, EveryOrderOfTwoTasksIsMetOnce) {
  std::multiset<std::string> met;
  const auto run = [&](Choices& choices) {
    Scheduler scheduler(choices, kSteps);
    std::string order;
    for (const char c : {'a', 'b'}) {
      scheduler.Spawn(std::string(1, c), [&, c] {
        order += c;
        scheduler.Pause("between");
        order += c;
      });
    }
    const absl::Status status = scheduler.Run();
    met.insert(order);
    return status;
  };
  EXPECT_TRUE(WalkOrders(run, 10, 1000).complete);
  EXPECT_THAT(std::set<std::string>(met.begin(), met.end()),
              testing::SizeIs(6));
  met.clear();
  EXPECT_TRUE(WalkOrders(run, 0, 1000).complete);
  EXPECT_THAT(std::set<std::string>(met.begin(), met.end()),
              testing::ElementsAre("aabb", "bbaa"));
}

// Two pushes and a write-back side by side, over two lanes, then the power
// goes.
class LanesTest : public testing::Test, public SimDisk::Watcher {
 protected:
  LanesTest() {
    SimTable table;
    table.spec.name = "t";
    table.spec.dim = 1;
    table.spec.optimizer = AdagradSpec{.learning_rate = 0.5f};
    table.incarnation = TableIncarnation(5);
    table.ids = {1, 2, 3};
    tables_.push_back(table);
  }

  void OnDeath() override {}
  void OnJournalBytes(absl::string_view bytes) override {
    wrong_.Update(ledger_->OnJournalBytes(bytes));
  }

  absl::Status Run(Choices& choices, bool write_back, std::uint64_t tear) {
    Scheduler scheduler(choices, kSteps);
    own_ = std::make_unique<storage::MemDisk>();
    ledger_ = std::make_unique<Ledger>(0, BucketRange{0, kBuckets}, tables_);
    wrong_ = absl::OkStatus();
    std::unique_ptr<shard::Shard> shard;
    std::unique_ptr<SimDisk> disk;
    const std::unique_ptr<Executor> executor = MakeInlineExecutor();
    // What comes before and after happens in one order.
    Do(scheduler, [&] { Start(scheduler, *executor, disk, shard); });
    if (wrong_.ok()) {
      for (const std::uint64_t number : {1, 2}) {
        scheduler.Spawn(absl::StrCat("push ", number),
                        [&, number] { Push(*shard, number); });
      }
      if (write_back) {
        scheduler.Spawn("write back",
                        [&] { wrong_.Update(shard->WriteBack()); });
      }
      wrong_.Update(scheduler.Run());
    }
    if (!scheduler.finished()) return wrong_;
    Do(scheduler, [&] {
      wrong_.Update(ledger_->CheckRows(*shard));
      disk->Die();
      own_->PowerCut(tear, storage::MemDisk::Tear::kSectors);
      ledger_->OnCrash(Crash::kPowerCut);
      shard.reset();
      std::unique_ptr<SimDisk> next;
      Start(scheduler, *executor, next, shard);
      if (wrong_.ok()) wrong_.Update(ledger_->CheckRecovered(*shard));
      next->Die();
      shard.reset();
    });
    return wrong_;
  }

 private:
  void Do(Scheduler& scheduler, const std::function<void()>& fn) {
    scheduler.Spawn("before and after", [&] {
      const Scheduler::Quiet quiet(scheduler);
      fn();
    });
    wrong_.Update(scheduler.Run());
  }

  void Start(Scheduler& scheduler, Executor& executor,
             std::unique_ptr<SimDisk>& disk,
             std::unique_ptr<shard::Shard>& shard) {
    disk = std::make_unique<SimDisk>(scheduler, 1, *own_, shared_, *this);
    shard::Options options;
    options.data_dir = "/data";
    options.lanes = 2;
    options.new_incarnation = 1000;
    options.journal_segment_bytes = 1u << 12;
    options.journal_unsettled_bytes_max = 0;
    auto opened = shard::Shard::Open(
        options,
        {.disk = *disk,
         .clock = scheduler,
         .executor = executor,
         .open_row_store = [&disk](const std::string& path, bool read_only) {
           return storage::OpenMemRowStore(*disk, path, read_only);
         }});
    wrong_.Update(opened.status());
    if (!opened.ok()) return;
    shard = *std::move(opened);
    if (!shard->ListTables().empty()) return;
    wrong_.Update(shard->CreateTable(tables_[0].spec, tables_[0].incarnation));
    for (int i = 0; i < 2; ++i) {
      const auto session = shard->OpenSession();
      wrong_.Update(session.status());
      if (session.ok()) wrong_.Update(ledger_->OnSession(*session));
    }
  }

  void Push(shard::Shard& shard, std::uint64_t number) {
    PushMessage message;
    message.header.map_version = 1;
    message.header.session = {1000, number};
    message.header.durability = Durability::kPower;
    message.inputs.push_back(InputOf(tables_[0]));
    message.inputs[0].ids = {1, number + 1};
    message.inputs[0].gradients = {static_cast<float>(number), 2.0f};
    const absl::StatusOr<PushReply> reply = message.Deliver(shard);
    wrong_.Update(reply.status());
    if (reply.ok()) {
      wrong_.Update(ledger_->OnAcknowledged(message.header, *reply));
    }
  }

  std::vector<SimTable> tables_;
  storage::MemDisk shared_;
  std::unique_ptr<storage::MemDisk> own_;
  std::unique_ptr<Ledger> ledger_;
  absl::Status wrong_;
};

TEST_F(LanesTest, PushesAndAWriteBackInEveryOrderWithOneExchange) {
  const Orders orders = WalkOrders(
      [&](Choices& choices) { return Run(choices, true, 1); }, 1, 20'000);
  ROWHOUSE_EXPECT_OK(orders.violation);
  EXPECT_TRUE(orders.complete);
  EXPECT_GT(orders.runs, 300u);
}

TEST_F(LanesTest, TwoPushesInEveryOrderWithTwoExchanges) {
  const Orders orders = WalkOrders(
      [&](Choices& choices) { return Run(choices, false, 2); }, 2, 40'000);
  ROWHOUSE_EXPECT_OK(orders.violation);
  EXPECT_TRUE(orders.complete);
  EXPECT_GT(orders.runs, 500u);
}

}  // namespace
}  // namespace rowhouse::sim
