// Gives the fields of a spec values, so that a form which forgets one shows.
#ifndef ROWHOUSE_TESTS_TESTING_FIELD_FILLER_H_
#define ROWHOUSE_TESTS_TESTING_FIELD_FILLER_H_

#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "base/spec_fields.h"

namespace rowhouse {

// For Fields of base/spec_fields.h: every field gets a value of its own that is
// not its default; variants stay as they are.
class FieldFiller {
 public:
  template <typename T>
  void operator()(const char*, T& field) {
    ++count_;
    if constexpr (std::is_same_v<T, bool>) {
      field = !field;
    } else if constexpr (std::is_arithmetic_v<T>) {
      field = static_cast<T>(count_) + static_cast<T>(0.1);
    } else if constexpr (std::is_same_v<T, Generation>) {
      field = Generation::kKerasLegacy;
    } else if constexpr (std::is_same_v<T, DecayedRows>) {
      field = DecayedRows::kTouchedRows;
    } else {
      Fill(field);
    }
  }

 private:
  template <typename T>
  void Fill(std::optional<T>& field) {
    (*this)("", field.emplace());
  }
  template <typename T>
  void Fill(std::vector<T>& field) {
    field.resize(2);
    for (T& value : field) (*this)("", value);
  }
  template <typename... Ts>
  void Fill(std::variant<Ts...>&) {}
  template <typename T>
  void Fill(T& part) {
    Fields(part, *this);
  }

  int count_ = 0;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_TESTING_FIELD_FILLER_H_
