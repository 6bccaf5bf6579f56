#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/spec_json.h"
#include "rowhouse/table_spec.h"
#include "tests/testing/field_filler.h"
#include "tests/testing/status_matchers.h"

namespace rowhouse {
namespace {

using ::testing::HasSubstr;

// Stored in data directories: neither keys nor their order may change.
constexpr char kStored[] =
    R"({"name":"words","dim":8,"rows":100,"seed":18446744073709551615,)"
    R"("initializer":{"type":"normal","mean":0.0,"stddev":0.25,)"
    R"("truncated":true},)"
    R"("optimizer":{"type":"ftrl","learning_rate":0.5,)"
    R"("learning_rate_power":-0.5,"initial_accumulator":0.125,"l1":1.0,)"
    R"("l2":2.0,"l2_shrinkage":0.0,"beta":0.0,)"
    R"("multiply_linear_by_learning_rate":false,"generation":"tf1"},)"
    R"("nan_policy":"skip_row","durability":"power","placement":"whole"})";

TableSpec StoredSpec() {
  return {.name = "words",
          .dim = 8,
          .rows = 100,
          .seed = std::numeric_limits<std::uint64_t>::max(),
          .initializer = NormalInitializer{0, 0.25f, true},
          .optimizer = FtrlSpec{.learning_rate = 0.5f,
                                .initial_accumulator = 0.125f,
                                .l1 = 1,
                                .l2 = 2},
          .nan_policy = NanPolicy::kSkipRow,
          .durability = Durability::kPower,
          .placement = Placement::kWhole};
}

// kStored with one piece replaced.
std::string Stored(const char* from, const std::string& to) {
  return absl::StrReplaceAll(kStored, {{from, to}});
}

absl::Status Parse(const std::string& json) {
  TableSpec spec;
  return TableSpecFromJson(json, spec);
}

auto Refused(const std::string& message) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(message));
}

void ExpectRoundTrip(const TableSpec& spec) {
  TableSpec back;
  const std::string json = TableSpecToJson(spec);
  ROWHOUSE_ASSERT_OK(TableSpecFromJson(json, back)) << json;
  EXPECT_EQ(back, spec) << json;
  EXPECT_EQ(TableSpecToJson(back), json);
}

TEST(TableSpecJson, IsWhatIsStored) {
  EXPECT_EQ(TableSpecToJson(StoredSpec()), kStored);
  TableSpec spec;
  ROWHOUSE_ASSERT_OK(TableSpecFromJson(kStored, spec));
  EXPECT_EQ(spec, StoredSpec());
}

// What is written, and what of it comes back without Validate's opinion.
template <std::size_t kIndex = 0, typename... Ts>
void ExpectEveryTypeComesBack(const std::variant<Ts...>& start) {
  if constexpr (kIndex < sizeof...(Ts)) {
    std::variant<Ts...> spec(std::in_place_index<kIndex>);
    SCOPED_TRACE(TypeName(spec));
    std::visit([](auto& part) { Fields(part, FieldFiller()); }, spec);
    SpecJson json;
    SpecWriter writer(json);
    writer("part", spec);
    std::variant<Ts...> back;
    SpecReader reader(json, "test");
    reader("part", back);
    ROWHOUSE_EXPECT_OK(reader.Finish());
    EXPECT_EQ(back, spec) << json;
    ExpectEveryTypeComesBack<kIndex + 1>(start);
  }
}

TEST(TableSpecJson, EveryTypeComesBack) {
  ExpectEveryTypeComesBack(InitializerSpec());
  ExpectEveryTypeComesBack(OptimizerSpec());
  ExpectEveryTypeComesBack(ScheduleSpec());
  ExpectEveryTypeComesBack(ConstraintSpec());
}

TEST(TableSpecJson, EveryPartOfTheUpdateComesBack) {
  UpdateSpec update;
  FieldFiller filler;
  Fields(update, filler);
  update.schedule = PiecewiseConstantDecay{{-3, 5}, {0.5f, 0.1f, 0.25f}};
  update.constraint = UnitNorm{};
  SpecJson json;
  SpecWriter writer(json);
  writer("update", update);
  UpdateSpec back;
  SpecReader reader(json, "test");
  reader("update", back);
  ROWHOUSE_EXPECT_OK(reader.Finish());
  EXPECT_EQ(back, update) << json;
  EXPECT_EQ(json["update"].size(), 8u) << json;
}

// Absent: a table without it is stored as it always was.
TEST(TableSpecJson, AnUpdateIsWrittenInParts) {
  TableSpec spec{.name = "t", .dim = 1};
  spec.update.clipping = {.generation = Generation::kKerasLegacy,
                          .clipnorm = 0.5f};
  EXPECT_THAT(TableSpecToJson(spec),
              HasSubstr(R"("update":{"clipping":{"generation":"keras_legacy",)"
                        R"("clipnorm":0.5}},"nan_policy")"));
  ExpectRoundTrip(spec);
}

TEST(TableSpecJson, RefusesPartsOfAnotherType) {
  const auto parse = [](const std::string& update) {
    return Parse(absl::StrCat(R"({"name":"t","dim":4,"update":)", update, "}"));
  };
  EXPECT_THAT(parse("7"), Refused("'update' is not an object"));
  EXPECT_THAT(parse(R"({"clip":{}})"), Refused("unknown key 'clip'"));
  EXPECT_THAT(parse(R"({"clipping":[]})"), Refused("'clipping'"));
  EXPECT_THAT(parse(R"({"clipping":{"clipnorm":"1"}})"), Refused("'clipnorm'"));
  EXPECT_THAT(parse(R"({"clipping":{"generation":"tf3"}})"),
              Refused("'generation' is not one of tf1, keras_legacy, keras, "
                      "tpu"));
  EXPECT_THAT(parse(R"({"constraint":{"type":""}})"),
              Refused("unknown constraint ''"));
  EXPECT_THAT(parse(R"({"schedule":{"type":"linear"}})"),
              Refused("unknown schedule 'linear'"));
  EXPECT_THAT(parse(R"({"schedule":{"type":"cosine_decay","decay_steps":9}})"),
              Refused("cosine_decay: 'initial_learning_rate' is missing"));
  EXPECT_THAT(parse(R"({"schedule":{"type":"cosine_decay_restarts",)"
                    R"("initial_learning_rate":9}})"),
              Refused("'first_decay_steps' is missing"));
  EXPECT_THAT(parse(R"({"moving_average":{"overwrite_frequency":-1}})"),
              Refused("'overwrite_frequency' is not an unsigned integer"));
  const std::string piecewise =
      R"({"schedule":{"type":"piecewise_constant_decay","boundaries":)";
  EXPECT_THAT(parse(piecewise + "3}}"),
              Refused("'boundaries' is not an array"));
  EXPECT_THAT(parse(piecewise + "[1.5]}}"),
              Refused("'boundaries' is not an integer"));
  EXPECT_THAT(parse(piecewise + "[9223372036854775808]}}"),
              Refused("'boundaries' is not an integer"));
}

// It was forgotten by a restart, and with it a slot of every row.
TEST(TableSpecJson, AMovingAverageWithItsDefaultsComesBack) {
  TableSpec spec = StoredSpec();
  spec.update.moving_average.emplace();
  const std::string json = TableSpecToJson(spec);
  TableSpec read;
  ROWHOUSE_ASSERT_OK(TableSpecFromJson(json, read));
  EXPECT_EQ(read, spec) << json;
}

TEST(TableSpecJson, EveryPolicyComesBack) {
  for (const NanPolicy policy :
       {NanPolicy::kReject, NanPolicy::kSkipRow, NanPolicy::kPropagate}) {
    ExpectRoundTrip({.name = "t", .dim = 1, .nan_policy = policy});
  }
  for (const Durability durability :
       {Durability::kMemory, Durability::kProcess, Durability::kPower}) {
    ExpectRoundTrip({.name = "t", .dim = 1, .durability = durability});
  }
}

TEST(TableSpecJson, FloatsKeepTheirBits) {
  using Limits = std::numeric_limits<float>;
  for (const float value :
       {0.0f, -0.0f, 0.1f, 1.0f / 3, Limits::min(), Limits::max(),
        Limits::lowest(), Limits::denorm_min(), std::nextafter(1.0f, 2.0f),
        16777216.0f, Limits::infinity(), -Limits::infinity(),
        Limits::quiet_NaN()}) {
    const TableSpec spec{
        .name = "t", .dim = 1, .initializer = ConstantInitializer{value}};
    TableSpec back;
    ROWHOUSE_ASSERT_OK(TableSpecFromJson(TableSpecToJson(spec), back));
    const float got = std::get<ConstantInitializer>(back.initializer).value;
    EXPECT_EQ(std::bit_cast<std::uint32_t>(got),
              std::bit_cast<std::uint32_t>(value));
  }
}

TEST(TableSpecJson, MissingKeysTakeDefaults) {
  TableSpec spec;
  ROWHOUSE_ASSERT_OK(TableSpecFromJson(R"({"name":"t","dim":4})", spec));
  EXPECT_EQ(spec, (TableSpec{.name = "t", .dim = 4}));
}

TEST(TableSpecJson, RefusesUnknownKeys) {
  EXPECT_THAT(Parse(Stored("\"rows\"", "\"rosw\"")), Refused("'rosw'"));
  EXPECT_THAT(Parse(Stored("\"l1\"", "\"l3\"")), Refused("ftrl"));
  EXPECT_THAT(Parse(Stored("\"l1\"", "\"l3\"")), Refused("'l3'"));
  EXPECT_THAT(Parse(Stored("\"stddev\"", "\"sd\"")), Refused("'sd'"));
}

TEST(TableSpecJson, RefusesUnknownNames) {
  EXPECT_THAT(Parse(Stored("\"ftrl\"", "\"adamw\"")), Refused("'adamw'"));
  EXPECT_THAT(Parse(Stored("\"normal\"", "\"zeros\"")), Refused("'zeros'"));
  EXPECT_THAT(Parse(Stored("skip_row", "ignore")), Refused("'nan_policy'"));
  EXPECT_THAT(Parse(Stored("\"skip_row\"", "\"\"")), Refused("'nan_policy'"));
  EXPECT_THAT(Parse(Stored("\"power\"", "3")), Refused("'durability'"));
  EXPECT_THAT(Parse(Stored("\"whole\"", "null")), Refused("'placement'"));
}

TEST(TableSpecJson, AMisspelledNameListsTheKnownOnes) {
  EXPECT_THAT(
      Parse(Stored("\"ftrl\"", "\"sgdd\"")),
      Refused("unknown optimizer 'sgdd'; 'type' is one of sgd, momentum, "));
  EXPECT_THAT(Parse(Stored("\"normal\"", "\"glorot\"")),
              Refused("unknown initializer 'glorot'; 'type' is one of "
                      "constant, uniform, normal"));
  EXPECT_THAT(Parse(Stored("\"power\"", "\"disk\"")),
              Refused("'durability' is not one of memory, process, power"));
  EXPECT_THAT(
      Parse(Stored("\"stddev\"", "\"sd\"")),
      Refused("unknown key 'sd'; known: mean, stddev, truncated, type"));
  // A variant that may hold nothing offers no name for that.
  EXPECT_THAT(Parse(R"({"name":"t","dim":4,"update":{"schedule":{}}})"),
              Refused("'type' is one of exponential_decay, "));
  EXPECT_THAT(Parse(R"({"name":"t","dim":4,"update":{"constraint":)"
                    R"({"type":"non_neg","max":1}}})"),
              Refused("unknown key 'max'; known: type"));
}

TEST(TableSpecJson, RefusesValuesOfAnotherType) {
  EXPECT_THAT(Parse(Stored("\"words\"", "7")), Refused("'name'"));
  EXPECT_THAT(Parse(Stored("\"dim\":8", "\"dim\":\"8\"")), Refused("'dim'"));
  EXPECT_THAT(Parse(Stored("\"dim\":8", "\"dim\":8.5")), Refused("'dim'"));
  EXPECT_THAT(Parse(Stored("\"dim\":8", "\"dim\":-8")), Refused("'dim'"));
  EXPECT_THAT(Parse(Stored("\"dim\":8", "\"dim\":4294967296")),
              Refused("'dim'"));
  EXPECT_THAT(Parse(Stored("100", "-1")), Refused("'rows'"));
  EXPECT_THAT(Parse(Stored("18446744073709551615", "18446744073709551616")),
              Refused("'seed'"));
  EXPECT_THAT(Parse(Stored("0.25", "\"wide\"")), Refused("'stddev'"));
  EXPECT_THAT(Parse(Stored("0.25", "1e39")), Refused("'stddev'"));
  EXPECT_THAT(Parse(Stored("true", "1")), Refused("'truncated'"));
  EXPECT_THAT(Parse(R"({"name":"t","dim":4,"optimizer":"sgd"})"),
              Refused("'optimizer'"));
  EXPECT_THAT(Parse(R"({"name":"t","dim":4,"optimizer":{"type":5}})"),
              Refused("unknown optimizer"));
  EXPECT_THAT(Parse(R"({"name":"t","dim":4,"initializer":{}})"),
              Refused("unknown initializer"));
}

TEST(TableSpecJson, RefusesWhatValidateRefuses) {
  EXPECT_THAT(Parse(R"({"name":"t"})"), Refused("dim 0"));
  EXPECT_THAT(Parse(R"({"dim":4})"), Refused("table name has 0 bytes"));
  EXPECT_THAT(Parse(Stored("\"l1\":1.0", "\"l1\":-1.0")), Refused("l1 -1"));
}

TEST(TableSpecJson, RefusesGarbage) {
  const std::string stored = kStored;
  for (std::size_t size = 0; size < stored.size(); ++size) {
    EXPECT_THAT(Parse(stored.substr(0, size)), Refused("not a JSON object"));
  }
  for (const std::string& text :
       {std::string("[]"), std::string("null"), std::string("7"), stored + "}",
        stored + stored, "\xff" + stored, std::string(100000, '['),
        std::string(100000, '{'), std::string("{\"name\":\"\xc3(\",\"dim\":4}"),
        std::string("{\"name\":\"t\",\"dim\":4,\"seed\":1e999}"),
        std::string("{\"name\":\"t\",\"dim\":NaN}")}) {
    EXPECT_THAT(Parse(text), Refused("not a JSON object"));
  }
}

TEST(TableSpecJson, BrokenJsonSaysWhere) {
  EXPECT_THAT(Parse(R"({"name": "x", "dim": 4)"),
              Refused("not a JSON object: line 1, column 23: "));
  EXPECT_THAT(Parse(R"({"name": "x", "dim": 4,})"),
              Refused("not a JSON object: line 1, column 24: "));
}

TEST(TableSpecJson, AnErrorLeavesTheSpecAlone) {
  TableSpec spec = StoredSpec();
  EXPECT_FALSE(TableSpecFromJson(R"({"name":"t","dim":0})", spec).ok());
  EXPECT_EQ(spec, StoredSpec());
}

// Whatever a flipped byte makes of it: an error or a legal spec.
TEST(TableSpecJson, SurvivesFlippedBytes) {
  for (std::size_t at = 0; at + 1 < sizeof(kStored); ++at) {
    for (const int flip : {0x01, 0x04, 0x20, 0x80, 0xff}) {
      std::string text = kStored;
      text[at] = static_cast<char>(text[at] ^ flip);
      TableSpec spec;
      if (TableSpecFromJson(text, spec).ok()) {
        ROWHOUSE_EXPECT_OK(Validate(spec)) << text;
      }
    }
  }
}

}  // namespace
}  // namespace rowhouse
