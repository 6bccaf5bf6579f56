#include "tests/docs/struct_fields.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::docs {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(StructFields, AreTheDataMembersInOrder) {
  EXPECT_THAT(
      StructFields(R"(
struct Column {
  std::string key;  // not; a field
  std::vector<std::int64_t> shape = {1};
  std::function<float(float)> normalizer_fn = {};
  std::variant<Identity,
               Hash> inner;
  float low = -0.05f;
  bool a{true};
};
)"),
      ElementsAre(Pair("Column", ElementsAre("key", "shape", "normalizer_fn",
                                             "inner", "low", "a"))));
}

TEST(StructFields, AreNoFunctionsTypesOrFriends) {
  EXPECT_THAT(
      StructFields(R"(
struct Regularizer {
  enum class Mode { kRows, kColumns };
  using Shape = std::vector<int>;
  static constexpr int kBound = 3;
  float l1 = 0.0f;
  bool on() const { return l1 < 0 || l1 > 0; }
  Mode mode = Mode::kRows;
  struct Inner {
    int hidden;
  };
  friend bool operator==(const Regularizer&, const Regularizer&) = default;
  bool operator==(const Regularizer&) const = default;
  int last;
};
)"),
      ElementsAre(Pair("Regularizer", ElementsAre("l1", "mode", "last"))));
}

TEST(StructFields, LeaveOutWhatHasNone) {
  EXPECT_THAT(StructFields(R"(
struct Declared;
class NoStruct {
 public:
  struct Nested {
    int field;
  };
  int other;
};
struct Alternatives
    : std::variant<int, bool> {
  using variant::variant;
};
)"),
              IsEmpty());
}

}  // namespace
}  // namespace rowhouse::docs
