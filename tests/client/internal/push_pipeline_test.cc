#include "client/internal/push_pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "client/internal/latch.h"
#include "tests/client/internal/fake_shard_stub.h"
#include "tests/client/internal/fake_time.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::internal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class PushPipelineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    fake_.AddTable(SpecOf("a"), 6);
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        cluster_, Cluster::Join(fake_.Stubs(), time_.options()));
    tables_ = std::make_unique<TableDirectory>(*cluster_, [] { return 1; });
    sender_ = std::make_unique<PushSender>(*cluster_, *tables_);
    ROWHOUSE_ASSERT_OK(sender_->OpenSessions(time_.Deadline()));
    pipeline_ = std::make_unique<PushPipeline>(*sender_, time_.clock,
                                               absl::Seconds(10));
  }

  OutgoingPush MakePush(float value) {
    return *OutgoingPush::MakeWrite(
        std::make_shared<KnownTable>(SpecOf("a"), TableIncarnation(6)), {0},
        {value}, {}, cluster_->map());
  }
  absl::Status Push(float value) {
    return pipeline_->Push(MakePush(value), {}, time_.Deadline()).status();
  }
  absl::Status PushAsync(float value) {
    return pipeline_->PushAsync(MakePush(value), {}, time_.Deadline());
  }
  std::vector<float> Applied() {
    std::vector<float> values;
    for (const FakeShard::Push& push : fake_.shard(0).applied()) {
      values.push_back(push.inputs[0].gradients[0]);
    }
    return values;
  }

  FakeCluster fake_{1};
  FakeTime time_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<TableDirectory> tables_;
  std::unique_ptr<PushSender> sender_;
  std::unique_ptr<PushPipeline> pipeline_;
};

TEST_F(PushPipelineTest, QueuedAndAwaitedPushesKeepTheOrderOfTheCalls) {
  std::vector<float> expected;
  for (int i = 0; i < 200; ++i) {
    const auto value = static_cast<float>(i);
    ROWHOUSE_ASSERT_OK(i % 3 == 0 ? Push(value) : PushAsync(value));
    expected.push_back(value);
  }
  ROWHOUSE_ASSERT_OK(pipeline_->Flush(time_.Deadline()));
  EXPECT_EQ(Applied(), expected);
}

TEST_F(PushPipelineTest, FlushReturnsTheFirstErrorOnce) {
  fake_.shard(0).Script("WriteRows",
                        {Fate::Refused(absl::InvalidArgumentError("one")),
                         Fate::Refused(absl::InvalidArgumentError("two"))});
  for (int i = 0; i < 3; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  EXPECT_THAT(pipeline_->Flush(time_.Deadline()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("one")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(time_.Deadline()));
  EXPECT_THAT(Applied(), ElementsAre(2)) << "a refused push stops no other";
}

// What a shard does to the first pushes: so many get no answer that several
// give up, one after the other; the next try ends so.
std::vector<Fate> ForeverAndThen(Fate fate, Fate last) {
  std::vector<Fate> fates(kForever, std::move(fate));
  fates.push_back(std::move(last));
  return fates;
}

TEST_F(PushPipelineTest, AQueuedPushThatIsCompletedLateLeavesFlushOk) {
  fake_.shard(0).Script("WriteRows",
                        ForeverAndThen(Fate::ReplyLost(), Fate::Lost()));
  const absl::Time begin = time_.clock.Now();
  ROWHOUSE_ASSERT_OK(PushAsync(1));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(absl::InfiniteFuture()));
  EXPECT_GT(time_.clock.Now(), begin + absl::Seconds(10)) << "it never gave up";
  EXPECT_THAT(Applied(), ElementsAre(1));
}

TEST_F(PushPipelineTest, AQueuedPushThatIsRefusedLateFailsInFlush) {
  fake_.shard(0).Script(
      "WriteRows",
      ForeverAndThen(Fate::Lost(), Fate::Refused(absl::NotFoundError("gone"))));
  ROWHOUSE_ASSERT_OK(PushAsync(1));
  EXPECT_THAT(pipeline_->Flush(absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("push 0")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(absl::InfiniteFuture()));
  EXPECT_THAT(Applied(), IsEmpty());
}

TEST_F(PushPipelineTest, FlushSaysHowAPushEndedThatPushLeftUnknown) {
  fake_.shard(0).Script(
      "WriteRows",
      ForeverAndThen(Fate::Lost(), Fate::Refused(absl::NotFoundError("gone"))));
  EXPECT_THAT(Push(1), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Push(2), StatusIs(absl::StatusCode::kAborted));
  while (!Push(3).ok()) {
  }
  EXPECT_THAT(Applied(), ElementsAre(3));
  EXPECT_THAT(pipeline_->Flush(time_.Deadline()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("push 0")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(time_.Deadline()));
}

// Those behind the first are not sent while it is kept, and fail before it.
TEST_F(PushPipelineTest, TheFirstFailureIsThatOfTheFirstCallNotTheFirstInTime) {
  fake_.shard(0).Script(
      "WriteRows",
      ForeverAndThen(Fate::Lost(), Fate::Refused(absl::NotFoundError("gone"))));
  for (int i = 0; i < 3; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  EXPECT_THAT(pipeline_->Flush(absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("push 0")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(absl::InfiniteFuture()));
  EXPECT_THAT(Applied(), IsEmpty());
}

TEST_F(PushPipelineTest, AQueuedPushThatWasNotSentFailsThoughTheFirstWasDone) {
  fake_.shard(0).Script("WriteRows",
                        ForeverAndThen(Fate::ReplyLost(), Fate::Lost()));
  for (int i = 0; i < 3; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  EXPECT_THAT(pipeline_->Flush(absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kAborted,
                       HasSubstr("this push was not sent")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(absl::InfiniteFuture()));
  EXPECT_THAT(Applied(), ElementsAre(0));
}

TEST_F(PushPipelineTest, AFlushInVainForgetsNoFailure) {
  ROWHOUSE_ASSERT_OK(PushAsync(0));
  ROWHOUSE_ASSERT_OK(pipeline_->Flush(absl::InfiniteFuture()));
  std::vector<Fate> fates(kForever, Fate::Lost());
  fates.insert(fates.begin(),
               Fate::Refused(absl::InvalidArgumentError("first")));
  fake_.shard(0).Script("WriteRows", fates);
  ROWHOUSE_ASSERT_OK(PushAsync(1));
  ROWHOUSE_ASSERT_OK(PushAsync(2));
  // Both have had their turn.
  ROWHOUSE_ASSERT_OK(pipeline_->Alone(
      absl::InfiniteFuture(), [](PushSender&) { return absl::OkStatus(); }));
  EXPECT_THAT(pipeline_->Flush(time_.Deadline()),
              StatusIs(absl::StatusCode::kUnavailable,
                       HasSubstr("the outcome of push 2 is unknown")));
  EXPECT_THAT(pipeline_->Flush(absl::InfiniteFuture()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("first")));
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(time_.Deadline()));
  EXPECT_THAT(Applied(), ElementsAre(0, 2));
}

TEST_F(PushPipelineTest, AFullQueueMakesTheCallerWaitUntilItsDeadline) {
  Latch begun(1);
  Latch end(1);
  std::thread holder([&] {
    ROWHOUSE_EXPECT_OK(pipeline_->Alone(time_.Deadline(), [&](PushSender&) {
      begun.CountDown();
      end.Wait();
      return absl::OkStatus();
    }));
  });
  begun.Wait();
  // One more than the queue: the thread has taken one out to send it.
  for (std::size_t i = 0; i < kQueuedPushesMax; ++i) {
    ROWHOUSE_ASSERT_OK(PushAsync(1.0f * static_cast<float>(i)));
  }
  absl::Status full;
  for (int i = 0; i < 2 && full.ok(); ++i) {
    full = pipeline_->PushAsync(MakePush(99), {}, time_.clock.Now());
  }
  EXPECT_THAT(full, StatusIs(absl::StatusCode::kAborted,
                             HasSubstr("64 pushes are queued")));
  EXPECT_THAT(Applied(), IsEmpty());
  end.CountDown();
  holder.join();
  ROWHOUSE_EXPECT_OK(pipeline_->Flush(time_.Deadline()));
  EXPECT_GE(Applied().size(), kQueuedPushesMax);
}

TEST_F(PushPipelineTest, APushWhoseTurnDidNotComeSaysThatItWasNotSent) {
  ROWHOUSE_ASSERT_OK(pipeline_->Alone(time_.Deadline(), [&](PushSender&) {
    EXPECT_THAT(pipeline_->Push(MakePush(1), {}, time_.clock.Now()),
                StatusIs(absl::StatusCode::kAborted,
                         "this push was not sent and may be pushed again: "
                         "earlier pushes of this client took all the time and "
                         "go on"));
    EXPECT_THAT(pipeline_->Flush(time_.clock.Now()),
                StatusIs(absl::StatusCode::kDeadlineExceeded));
    return absl::OkStatus();
  }));
  ROWHOUSE_ASSERT_OK(Push(2));
  EXPECT_THAT(Applied(), ElementsAre(2));
}

TEST_F(PushPipelineTest, TheDestructorSendsWhatIsQueued) {
  for (int i = 0; i < 20; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  pipeline_.reset();
  EXPECT_EQ(Applied().size(), 20u);
}

TEST_F(PushPipelineTest, TheDestructorGivesUpOnAShardThatIsGone) {
  fake_.shard(0).Script("WriteRows", std::vector<Fate>(10000, Fate::Lost()));
  for (int i = 0; i < 20; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  pipeline_.reset();
  EXPECT_THAT(Applied(), IsEmpty());
}

TEST_F(PushPipelineTest, AloneIsAfterTheQueuedAndReturnsWhatTheCallReturns) {
  for (int i = 0; i < 10; ++i) ROWHOUSE_ASSERT_OK(PushAsync(1.0f * i));
  std::size_t seen = 0;
  EXPECT_THAT(pipeline_->Alone(time_.Deadline(),
                               [&](PushSender&) {
                                 seen = Applied().size();
                                 return absl::InternalError("mine");
                               }),
              StatusIs(absl::StatusCode::kInternal, "mine"));
  EXPECT_EQ(seen, 10u);
}

}  // namespace
}  // namespace rowhouse::internal
