// The pictures of a training, as files.
#ifndef ROWHOUSE_EXAMPLES_CENSUS_PICTURES_H_
#define ROWHOUSE_EXAMPLES_CENSUS_PICTURES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "examples/census/data_source.h"
#include "examples/census/learning_curves.h"
#include "rowhouse/client.h"

namespace rowhouse::census {

// Writes learning_curves.svg and occupations.svg (the embeddings of the deep
// half, from the client's tables) into `directory`; returns their paths.
absl::StatusOr<std::vector<std::string>> WritePictures(
    const std::string& directory, const std::vector<NamedRun>& runs,
    Client& client, const DataSource& source, std::uint64_t seed);

}  // namespace rowhouse::census

#endif  // ROWHOUSE_EXAMPLES_CENSUS_PICTURES_H_
