// A client of a shard in the process, and tables with known rows.
#ifndef ROWHOUSE_TESTS_CLIENT_INTERCHANGE_TABLES_UNDER_TEST_H_
#define ROWHOUSE_TESTS_CLIENT_INTERCHANGE_TABLES_UNDER_TEST_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rowhouse/client.h"
#include "rowhouse/table_spec.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {

class TablesTest : public testing::Test {
 protected:
  static TableSpec Spec(const std::string& name, std::uint64_t rows,
                        const OptimizerSpec& optimizer = FtrlSpec{}) {
    return {.name = name, .dim = 2, .rows = rows, .optimizer = optimizer};
  }

  // Weights of row i are i and i + 0.5, slot values 100 * (slot + 1) + i.
  static std::vector<float> WeightsOf(std::uint64_t rows) {
    std::vector<float> weights;
    for (std::uint64_t i = 0; i < rows; ++i) {
      weights.push_back(static_cast<float>(i));
      weights.push_back(static_cast<float>(i) + 0.5f);
    }
    return weights;
  }
  static std::vector<float> SlotsOf(const TableSpec& spec) {
    std::vector<float> slots;
    for (std::uint64_t i = 0; i < spec.rows; ++i) {
      for (std::uint32_t k = 0; k < SlotFloats(spec); ++k) {
        slots.push_back(static_cast<float>(100 * (k + 1) + i));
      }
    }
    return slots;
  }

  void SetUp() override {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        Client client, Client::Connect("embedded:" + dir_.File("shard")));
    client_.emplace(std::move(client));
  }
  void MakeFilled(const TableSpec& spec) {
    ROWHOUSE_ASSERT_OK(client_->CreateTable(spec));
    ROWHOUSE_ASSERT_OK(client_->WriteRows(spec.name, Ids(spec.rows),
                                          WeightsOf(spec.rows), SlotsOf(spec)));
  }
  static std::vector<std::uint64_t> Ids(std::uint64_t rows) {
    std::vector<std::uint64_t> ids(rows);
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
  }
  void ExpectFilled(const std::string& name, const TableSpec& like) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const Rows rows,
                                  client_->ReadRows(name, Ids(like.rows)));
    EXPECT_EQ(rows.weights, WeightsOf(like.rows));
    EXPECT_EQ(rows.slots, SlotsOf(like));
  }

  TempDir dir_;
  std::optional<Client> client_;
};

}  // namespace rowhouse::interchange

#endif  // ROWHOUSE_TESTS_CLIENT_INTERCHANGE_TABLES_UNDER_TEST_H_
