#include <string>
#include <variant>
#include <vector>

#include "proto/wire/convert.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

using ::testing::HasSubstr;

TableSpec BaseSpec() {
  TableSpec spec;
  spec.name = "表";
  spec.dim = 8;
  spec.rows = 1000;
  spec.seed = ~std::uint64_t{0};
  return spec;
}

TEST(ConvertTableTest, EverySpecGoesThereAndBack) {
  const std::vector<InitializerSpec> initializers = {
      ConstantInitializer{0.5f}, UniformInitializer{-1.0f, 2.0f},
      NormalInitializer{1.0f, 0.25f, false}, NormalInitializer{0, 1, true}};
  const std::vector<OptimizerSpec> optimizers = {
      SgdSpec{0.1f}, AdagradSpec{0.1f, 0.2f, 1e-7f},
      FtrlSpec{0.1f, -0.4f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f},
      // Values that are protobuf's defaults, not ours.
      AdagradSpec{0.0f, 0.0f, 0.0f}, FtrlSpec{1, 0, 0, 0, 0, 0, 0}};
  TableSpec spec = BaseSpec();
  for (const InitializerSpec& initializer : initializers) {
    for (const OptimizerSpec& optimizer : optimizers) {
      spec.initializer = initializer;
      spec.optimizer = optimizer;
      EXPECT_THAT(FromProto(ToProto(spec)), IsOkAndHolds(spec));
    }
  }
  for (const NanPolicy policy :
       {NanPolicy::kReject, NanPolicy::kSkipRow, NanPolicy::kPropagate}) {
    spec.nan_policy = policy;
    EXPECT_THAT(FromProto(ToProto(spec)), IsOkAndHolds(spec));
  }
  for (const Durability durability :
       {Durability::kMemory, Durability::kProcess, Durability::kPower}) {
    spec.durability = durability;
    EXPECT_THAT(FromProto(ToProto(spec)), IsOkAndHolds(spec));
  }
  spec.placement = Placement::kWhole;
  EXPECT_THAT(FromProto(ToProto(spec)), IsOkAndHolds(spec));
}

TEST(ConvertTableTest, WhatIsNotSetHasTheDocumentedDefault) {
  v1::TableSpec message;
  message.set_name("t");
  message.set_dim(2);
  message.mutable_adagrad()->set_learning_rate(0.5f);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSpec spec, FromProto(message));
  EXPECT_EQ(std::get<ConstantInitializer>(spec.initializer).value, 0.0f);
  EXPECT_EQ(std::get<AdagradSpec>(spec.optimizer),
            (AdagradSpec{0.5f, 0.1f, 0.0f}));
  EXPECT_EQ(spec.nan_policy, NanPolicy::kReject);
  EXPECT_EQ(spec.durability, Durability::kProcess);
  EXPECT_EQ(spec.placement, Placement::kHashed);
  EXPECT_EQ(spec.rows, 0u);
  message.mutable_ftrl()->set_learning_rate(0.5f);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableSpec ftrl, FromProto(message));
  EXPECT_EQ(std::get<FtrlSpec>(ftrl.optimizer),
            (FtrlSpec{0.5f, -0.5f, 0.1f, 0, 0, 0, 0}));
}

TEST(ConvertTableTest, WhatHasNoDefaultIsRefusedByName) {
  v1::TableSpec message;
  EXPECT_THAT(FromProto(message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("spec.optimizer: missing")));
  message.mutable_sgd();
  EXPECT_THAT(FromProto(message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("spec.sgd.learning_rate: missing")));
  message.mutable_adagrad();
  EXPECT_THAT(FromProto(message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("spec.adagrad.learning_rate: missing")));
  message.mutable_ftrl();
  EXPECT_THAT(FromProto(message),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("spec.ftrl.learning_rate: missing")));
}

TEST(ConvertTableTest, UnknownEnumValuesAreRefused) {
  v1::TableSpec message;
  message.mutable_sgd()->set_learning_rate(1);
  message.set_nan_policy(static_cast<v1::NanPolicy>(8));
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "spec.nan_policy: 8 is unknown"));
  message.clear_nan_policy();
  message.set_placement(static_cast<v1::Placement>(9));
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "spec.placement: 9 is unknown"));
  message.clear_placement();
  message.set_durability(static_cast<v1::Durability>(10));
  EXPECT_THAT(FromProto(message), StatusIs(absl::StatusCode::kInvalidArgument,
                                           "durability: 10 is unknown"));
}

TEST(ConvertTableTest, TableInfoKeepsEveryField) {
  TableInfo info;
  info.spec = BaseSpec();
  info.incarnation = TableIncarnation(~std::uint64_t{0});
  info.rows_stored = 3;
  info.memory_bytes = 4;
  info.steps = 5;
  info.last_step = TableStep{0.5f, 6};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const TableInfo back, FromProto(ToProto(info)));
  EXPECT_EQ(back.spec, info.spec);
  EXPECT_EQ(back.incarnation, info.incarnation);
  EXPECT_EQ(back.rows_stored, 3u);
  EXPECT_EQ(back.memory_bytes, 4u);
  EXPECT_EQ(back.steps, 5u);
  EXPECT_EQ(back.last_step, info.last_step);
  EXPECT_EQ(FromProto(ToProto(TableInfo{.spec = BaseSpec()}))->last_step,
            std::nullopt);
}

}  // namespace
}  // namespace rowhouse::wire
