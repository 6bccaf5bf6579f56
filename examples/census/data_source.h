// Where the rows come from, by choice or for want of better.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_DATA_SOURCE_H_
#define ROWHOUSE_EXAMPLES_CENSUS_DATA_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "examples/census/generated_data.h"

namespace rowhouse::census {

// What --data may say instead of a directory.
inline constexpr char kGenerated[] = "generated";
// Tried when --data says nothing.
inline constexpr char kDefaultDirectory[] = "data/census-income";

struct DataSource {
  std::string name;  // the directory, or "generated"
  std::string note;  // one line for a person: what the data are, and why
  Census census;
  // Set for generated data: what the best possible model reaches.
  std::optional<double> best_accuracy;
};

// `data` is a directory, "generated", or empty: kDefaultDirectory if it is
// there, else generated. Errors as ReadCensus.
absl::StatusOr<DataSource> LoadData(absl::string_view data, std::uint64_t seed);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_DATA_SOURCE_H_
