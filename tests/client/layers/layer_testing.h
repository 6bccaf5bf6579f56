// What the tests of layers have in common.
#ifndef ROWHOUSE_TESTS_CLIENT_LAYERS_LAYER_TESTING_H_
#define ROWHOUSE_TESTS_CLIENT_LAYERS_LAYER_TESTING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "rowhouse/client.h"
#include "rowhouse/embedding.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {

inline auto InvalidWith(const std::string& text) {
  return StatusIs(absl::StatusCode::kInvalidArgument,
                  ::testing::HasSubstr(text));
}

// A client of an embedded shard. Rows of its tables are written by the tests:
// row i of a table of width 2 is (i, 10 i).
class LayerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client,
        Client::Connect(absl::StrCat("embedded:", dir_.File("data"))));
    client_ = std::make_unique<Client>(std::move(client));
  }

  // Of ten ids; a step with the rate 1 subtracts the gradient.
  static EmbeddingColumn Column(CategoricalColumn categorical) {
    return {.categorical_column = std::move(categorical),
            .dimension = 2,
            .combiner = Combiner::kSum,
            .table = {.optimizer = SgdSpec{.learning_rate = 1.0f}}};
  }

  absl::Status FillTable(const std::string& table) {
    std::vector<std::uint64_t> ids;
    std::vector<float> rows;
    for (std::uint64_t id = 0; id < 10; ++id) {
      ids.push_back(id);
      rows.push_back(static_cast<float>(id));
      rows.push_back(static_cast<float>(10 * id));
    }
    return client_->WriteRows(table, ids, rows, {});
  }

  std::vector<float> Row(const std::string& table, std::uint64_t id) {
    const auto rows = client_->ReadRows(table, {id});
    return rows.ok() ? rows->weights : std::vector<float>{};
  }

  TempDir dir_;
  std::unique_ptr<Client> client_;
};

}  // namespace rowhouse

#endif  // ROWHOUSE_TESTS_CLIENT_LAYERS_LAYER_TESTING_H_
