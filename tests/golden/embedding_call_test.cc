#include "tests/golden/embedding_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/testing/status_matchers.h"

namespace rowhouse::golden {
namespace {

using ::testing::HasSubstr;

// A layer of 5 rows of 2 with one more argument.
absl::StatusOr<EmbeddingCall> Read(const std::string& name,
                                   const std::string& value) {
  Json call = {{"input_dim", 5}, {"output_dim", 2}};
  call[name] = Json::parse(value);
  return ReadEmbeddingCall(call);
}

auto Invalid(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(text));
}

keras::Regularizer RegularizerOf(const std::string& value) {
  const auto call = Read("embeddings_regularizer", value);
  EXPECT_TRUE(call.ok()) << call.status();
  return call.ok() ? call->arguments.embeddings_regularizer
                   : keras::Regularizer();
}

TEST(ReadEmbeddingCall, DefaultsAndFlags) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingCall call,
                                ReadEmbeddingCall({{"input_dim", 5},
                                                   {"output_dim", 2},
                                                   {"mask_zero", true},
                                                   {"name", "words"}}));
  EXPECT_EQ(call.arguments.input_dim, 5);
  EXPECT_EQ(call.arguments.output_dim, 2);
  EXPECT_TRUE(call.arguments.mask_zero);
  EXPECT_FALSE(call.arguments.sparse);
  EXPECT_TRUE(call.arguments.trainable);
  EXPECT_EQ(call.arguments.name, "words");
  EXPECT_FALSE(Read("trainable", "0")->arguments.trainable);
  EXPECT_THAT(Read("sparse", "\"no\""), Invalid("sparse"));
  EXPECT_THAT(Read("bogus", "1"), Invalid("bogus"));
}

TEST(ReadEmbeddingCall, DimensionsAsPythonComparesThem) {
  EXPECT_EQ(Read("input_dim", "true")->arguments.input_dim, 1);
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const EmbeddingCall fraction,
                                Read("input_dim", "2.5"));
  EXPECT_THAT(fraction.table_error, Invalid("2.5"));
  EXPECT_EQ(Read("input_dim", "-0.5")->arguments.input_dim, -1);
  EXPECT_THAT(Read("output_dim", "null"), Invalid("output_dim"));
  EXPECT_THAT(Read("input_dim", "\"3\""), Invalid("input_dim"));
  EXPECT_THAT(ReadEmbeddingCall({{"output_dim", 2}}), Invalid("missing"));
}

TEST(ReadEmbeddingCall, Regularizers) {
  using keras::L1L2;
  EXPECT_EQ(RegularizerOf("null"), keras::Regularizer());
  EXPECT_EQ(RegularizerOf("\"l2\""), keras::Regularizer("l2"));
  EXPECT_EQ(RegularizerOf(R"({"name": "L1", "arguments": {"l1": 0.5}})"),
            keras::Regularizer(L1L2{0.5f, 0}));
  EXPECT_EQ(RegularizerOf(R"({"name": "L2", "arguments": {"l2": null}})"),
            keras::Regularizer(L1L2{0, 0.01f}));
  EXPECT_EQ(RegularizerOf(R"({"name": "L1L2", "arguments": {"l2": 3}})"),
            keras::Regularizer(L1L2{0, 3}));
  EXPECT_EQ(RegularizerOf(R"({"name": "l1_l2", "arguments": {"l2": 3}})"),
            keras::Regularizer(L1L2{0.01f, 3}));
  EXPECT_EQ(RegularizerOf(R"({"name": "OrthogonalRegularizer",
                              "arguments": {"mode": "columns"}})"),
            keras::Regularizer(keras::OrthogonalRegularizer{
                .mode = keras::OrthogonalRegularizer::Mode::kColumns}));
  for (const char* value :
       {"3", R"({"name": "L3", "arguments": {}})",
        R"({"name": "L1", "arguments": {"l2": 1}})",
        R"({"name": "L1", "arguments": {"l1": "much"}})",
        R"({"name": "OrthogonalRegularizer", "arguments": {"mode": "all"}})"}) {
    EXPECT_THAT(Read("activity_regularizer", value), Invalid("")) << value;
  }
}

TEST(ReadEmbeddingCall, Constraints) {
  using keras::AxisConstraint;
  const auto of = [](const std::string& value) {
    return Read("embeddings_constraint", value)
        ->arguments.embeddings_constraint;
  };
  EXPECT_EQ(of("\"nope\""), keras::Constraint("nope"));
  EXPECT_EQ(of("null"), keras::Constraint());
  EXPECT_EQ(of(R"({"name": "MaxNorm", "arguments": {"axis": 1}})"),
            keras::Constraint(AxisConstraint{MaxNorm{2.0f}, {1}}));
  EXPECT_EQ(of(R"({"name": "UnitNorm", "arguments": {"axis": [0, 1]}})"),
            keras::Constraint(AxisConstraint{UnitNorm{}, {0, 1}}));
  EXPECT_EQ(of(R"({"name": "MinMaxNorm", "arguments": {"rate": 0.5}})"),
            keras::Constraint(AxisConstraint{MinMaxNorm{0, 1, 0.5}, {0}}));
  for (const char* value :
       {"3", R"({"name": "MaxNorm", "arguments": {"axis": "rows"}})",
        R"({"name": "NonNeg", "arguments": {"axis": 1}})",
        R"({"name": "Nope", "arguments": {}})"}) {
    EXPECT_THAT(Read("embeddings_constraint", value), Invalid("")) << value;
  }
}

TEST(ReadEmbeddingCall, Lengths) {
  const auto of = [](const std::string& value) {
    return Read("input_length", value)->arguments.input_length;
  };
  EXPECT_EQ(of("null"), keras::InputLength());
  EXPECT_EQ(of("3"), keras::InputLength(std::int64_t{3}));
  EXPECT_EQ(of("[2, null]"),
            keras::InputLength(keras::Lengths{2, std::nullopt}));
  EXPECT_THAT(Read("input_length", "2.5"), Invalid("input_length"));
  EXPECT_THAT(Read("input_length", "[\"a\"]"), Invalid("input_length"));
}

TEST(ReadEmbeddingCall, Initializers) {
  const auto of = [](const std::string& value) {
    return Read("embeddings_initializer", value)
        ->arguments.embeddings_initializer;
  };
  EXPECT_EQ(of("\"zeros\""), keras::Initializer("zeros"));
  EXPECT_EQ(of("null"), keras::Initializer("glorot_uniform"));
  EXPECT_EQ(of(R"({"name": "Constant", "arguments": {"value": 2}})"),
            keras::Initializer(InitializerSpec(ConstantInitializer{2})));
  EXPECT_THAT(
      Read("embeddings_initializer", R"({"name": "Nope", "arguments": {}})"),
      Invalid("Nope"));
}

}  // namespace
}  // namespace rowhouse::golden
