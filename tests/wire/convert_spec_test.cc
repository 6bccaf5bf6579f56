#include "proto/wire/convert_spec.h"

#include <string>
#include <variant>

#include "base/spec_fields.h"
#include "tests/testing/field_filler.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse::wire {
namespace {

void ExpectRoundTrip(const TableSpec& spec) {
  v1::TableSpec message;
  SpecPartsToProto(spec, message);
  TableSpec back;
  ROWHOUSE_EXPECT_OK(SpecPartsFromProto(message, back));
  EXPECT_EQ(back, spec) << message.DebugString();
}

// `part` is a member of a TableSpec. Each of its alternatives makes the trip,
// with defaults and with other values.
template <std::size_t kIndex = 0, typename Member>
void ExpectEveryTypeComesBack(const Member& member) {
  TableSpec spec;
  using Variant = std::decay_t<decltype(member(spec))>;
  if constexpr (kIndex < std::variant_size_v<Variant>) {
    SCOPED_TRACE(kIndex);
    Variant& variant = member(spec);
    variant.template emplace<kIndex>();
    ExpectRoundTrip(spec);
    std::visit([](auto& part) { Fields(part, FieldFiller()); }, variant);
    ExpectRoundTrip(spec);
    ExpectEveryTypeComesBack<kIndex + 1>(member);
  }
}

TEST(ConvertSpecTest, EveryTypeComesBack) {
  ExpectEveryTypeComesBack(
      [](TableSpec & spec) -> auto& { return spec.initializer; });
  ExpectEveryTypeComesBack(
      [](TableSpec & spec) -> auto& { return spec.optimizer; });
  ExpectEveryTypeComesBack(
      [](TableSpec & spec) -> auto& { return spec.update.schedule; });
  ExpectEveryTypeComesBack(
      [](TableSpec & spec) -> auto& { return spec.update.constraint; });
}

TEST(ConvertSpecTest, EveryPartOfTheUpdateComesBack) {
  TableSpec spec;
  Fields(spec.update, FieldFiller());
  ExpectRoundTrip(spec);
  spec.update = {};
  spec.update.moving_average = MovingAverage{};  // default, but on
  ExpectRoundTrip(spec);
}

TEST(ConvertSpecTest, EveryGenerationComesBack) {
  TableSpec spec;
  for (const Generation generation :
       {Generation::kTf1, Generation::kKerasLegacy, Generation::kKeras,
        Generation::kTpu}) {
    spec.optimizer = AdamSpec{.generation = generation};
    ExpectRoundTrip(spec);
  }
  for (const DecayedRows rows : {DecayedRows::kNone, DecayedRows::kEveryRow,
                                 DecayedRows::kTouchedRows}) {
    spec.update.weight_decay.rows = rows;
    ExpectRoundTrip(spec);
  }
}

TEST(ConvertSpecTest, ADefaultUpdateIsNotSent) {
  v1::TableSpec message;
  SpecPartsToProto(TableSpec(), message);
  EXPECT_FALSE(message.has_update());
}

TEST(ConvertSpecTest, WhatIsNotSetHasTheDocumentedDefault) {
  v1::TableSpec message;
  message.mutable_adam()->set_learning_rate(0.5f);
  message.mutable_adam()->set_generation(v1::GENERATION_UNSPECIFIED);
  message.mutable_update()->mutable_moving_average();
  TableSpec spec;
  ROWHOUSE_ASSERT_OK(SpecPartsFromProto(message, spec));
  EXPECT_EQ(std::get<AdamSpec>(spec.optimizer),
            AdamSpec{.learning_rate = 0.5f});
  EXPECT_EQ(spec.update, UpdateSpec{.moving_average = MovingAverage{}});
}

TEST(ConvertSpecTest, WhatIsRequiredOrUnknownIsNamed) {
  const auto expect_refused = [](const v1::TableSpec& message,
                                 const std::string& complaint) {
    TableSpec spec;
    EXPECT_THAT(SpecPartsFromProto(message, spec),
                StatusIs(absl::StatusCode::kInvalidArgument, complaint));
  };
  v1::TableSpec message;
  message.mutable_lion();
  expect_refused(message,
                 "spec.lion.learning_rate: missing; it has no default");
  message.mutable_sgd()->set_learning_rate(1);
  v1::Update& update = *message.mutable_update();
  update.mutable_schedule();
  expect_refused(message,
                 "spec.update.schedule.schedule: missing; it has no default");
  update.mutable_schedule()
      ->mutable_cosine_decay_restarts()
      ->set_initial_learning_rate(1);
  expect_refused(message,
                 "spec.update.schedule.cosine_decay_restarts.first_decay_steps:"
                 " missing; it has no default");
  update.clear_schedule();
  update.mutable_clipping()->set_generation(static_cast<v1::Generation>(9));
  expect_refused(message, "spec.update.clipping.generation: 9 is unknown");
  update.clear_clipping();
  update.mutable_weight_decay()->set_rows(static_cast<v1::DecayedRows>(3));
  expect_refused(message, "spec.update.weight_decay.rows: 3 is unknown");
}

}  // namespace
}  // namespace rowhouse::wire
