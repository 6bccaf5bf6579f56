// The arguments of a Python call, as a case records them: a JSON object by
// TensorFlow's names. One that is left out keeps its default.
#ifndef ROWHOUSE_TESTS_GOLDEN_ARGUMENTS_H_
#define ROWHOUSE_TESTS_GOLDEN_ARGUMENTS_H_

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tests/golden/value.h"

namespace rowhouse::golden {

// Reads one call. What is wrong is kept and given by Finish: the first value of
// another type than asked for, a required argument that is missing, or one that
// nothing has read. `name` and `seed`, which every call of Keras takes, are
// ignored.
class Arguments {
 public:
  // `call` begins each message. `json` must outlive this object.
  Arguments(absl::string_view call, const Json& json);

  Arguments& Required(const char* name, float& value);
  Arguments& Required(const char* name, std::vector<float>& values);
  Arguments& Optional(const char* name, float& value);
  Arguments& Optional(const char* name, double& value);
  Arguments& Optional(const char* name, bool& value);
  Arguments& Optional(const char* name, std::string& value);
  // None is no value.
  Arguments& Optional(const char* name, std::optional<float>& value);

  // INVALID_ARGUMENT or OK.
  absl::Status Finish();

 private:
  const Json* Find(const char* name);
  void Refuse(const char* name, absl::string_view problem);

  const std::string call_;
  const Json& json_;
  std::set<std::string> known_ = {"name", "seed"};
  absl::Status status_;
};

}  // namespace rowhouse::golden

#endif  // ROWHOUSE_TESTS_GOLDEN_ARGUMENTS_H_
