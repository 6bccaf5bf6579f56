// Two features over one vocabulary, with one table for both: the videos that a
// person has watched, and the one that is shown. Is it clicked? In TensorFlow:
//
//   watched = categorical_column_with_vocabulary_file(
//       'watched_video_id', video_vocabulary_file, video_vocabulary_size)
//   impression = categorical_column_with_vocabulary_file(
//       'impression_video_id', video_vocabulary_file, video_vocabulary_size)
//   columns = shared_embeddings([watched, impression], dimension=10)
//   estimator = DNNClassifier(feature_columns=columns, hidden_units=[32])
//   estimator.train(input_fn=input_fn, steps=...)
//
// usage: video_ids embedded:DIR VOCABULARY, or HOST:PORT,... of all servers

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/status_macros.h"
#include "examples/dense/dense_model.h"
#include "examples/dense/loss.h"
#include "examples/dense/loss_report.h"
#include "examples/dense/program.h"
#include "examples/dense/random.h"
#include "rowhouse/client.h"
#include "rowhouse/columns.h"
#include "rowhouse/dense_features.h"
#include "rowhouse/embedding.h"

namespace rowhouse {
namespace {

constexpr std::size_t kBatchRows = 64;
constexpr std::size_t kWatchedMax = 5;
constexpr int kSteps = 600;

// People who watch videos of one genre (what stands before the dash of a
// video's name) and click on nine of ten of that genre, and on one of ten
// others. The best loss on them is that of a coin of 0.9: 0.325.
class Visits {
 public:
  explicit Visits(std::vector<std::string> videos)
      : videos_(std::move(videos)), random_(1, 1) {}

  // Draws the next batch.
  void Next() {
    watched_.assign(kBatchRows * kWatchedMax, "");
    impressions_.clear();
    clicks_.clear();
    for (std::size_t row = 0; row < kBatchRows; ++row) {
      const absl::string_view genre = GenreOf(Draw());
      const std::uint64_t count = 1 + random_.Below(kWatchedMax);
      for (std::uint64_t i = 0; i < count; ++i) {
        watched_[row * kWatchedMax + i] = DrawOf(genre);
      }
      // Half of the impressions are of the genre: the click is no surprise.
      impressions_.push_back(random_.Chance(0.5) ? DrawOf(genre) : Draw());
      const bool liked = GenreOf(impressions_.back()) == genre;
      clicks_.push_back(random_.Chance(liked ? 0.9 : 0.1) ? 1.0f : 0.0f);
    }
    // An empty string is no video: rows of the first are of any length.
    features_.Set("watched_video_id", watched_, {kBatchRows, kWatchedMax});
    features_.Set("impression_video_id", impressions_);
  }

  const Features& features() const { return features_; }
  absl::Span<const float> clicks() const { return clicks_; }

 private:
  static absl::string_view GenreOf(absl::string_view video) {
    return video.substr(0, video.find('-'));
  }
  absl::string_view Draw() { return videos_[random_.Below(videos_.size())]; }
  absl::string_view DrawOf(absl::string_view genre) {
    absl::string_view video = Draw();
    while (GenreOf(video) != genre) video = Draw();
    return video;
  }

  const std::vector<std::string> videos_;
  dense::Random random_;
  std::vector<absl::string_view> watched_;
  std::vector<absl::string_view> impressions_;
  std::vector<float> clicks_;
  Features features_;
};

absl::StatusOr<std::vector<std::string>> ReadVideos(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> videos;
  for (std::string line; std::getline(file, line);) videos.push_back(line);
  if (videos.empty()) {
    return absl::NotFoundError(absl::StrCat("no videos in ", path));
  }
  return videos;
}

absl::StatusOr<DenseFeatures> MakeLayer(const std::string& vocabulary) {
  const auto column = [&](absl::string_view key) {
    return CategoricalColumnWithVocabularyFile{.key = std::string(key),
                                               .vocabulary_file = vocabulary};
  };
  return DenseFeatures::Create({SharedEmbeddings{
      .categorical_columns = {column("watched_video_id"),
                              column("impression_video_id")},
      .dimension = 10,
      .shared_embedding_collection_name = "videos",
      .table = {.optimizer = AdagradSpec{.learning_rate = 0.3f}, .seed = 1}}});
}

absl::Status Train(const std::vector<std::string>& words) {
  ROWHOUSE_ASSIGN_OR_RETURN(std::vector<std::string> videos,
                            ReadVideos(words[1]));
  ROWHOUSE_ASSIGN_OR_RETURN(const DenseFeatures layer, MakeLayer(words[1]));
  ROWHOUSE_ASSIGN_OR_RETURN(Client client, Client::Connect(words[0]));
  ROWHOUSE_RETURN_IF_ERROR(layer.CreateTables(client));
  // Twenty inputs: ten of each feature, all of them from the table "videos".
  dense::DenseModel network({layer.width(), 32, 1}, 1);

  Visits visits(std::move(videos));
  dense::LossReport report("video_ids", kSteps);
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    visits.Next();
    ROWHOUSE_ASSIGN_OR_RETURN(DenseFeatures::Output found,
                              layer.Forward(client, visits.features()));
    const dense::Matrix inputs = Eigen::Map<const dense::Matrix>(
        found.values.data(), static_cast<Eigen::Index>(found.rows),
        static_cast<Eigen::Index>(found.width));
    const dense::Loss loss =
        dense::MeanLogLoss(network.Forward(inputs), visits.clicks());
    const dense::Matrix& gradients = network.Backward(loss.gradients);
    // A video that was watched and shown in one batch has two gradients: their
    // sum is one step of its row.
    ROWHOUSE_RETURN_IF_ERROR(
        layer
            .Backward(client, std::move(found.ticket),
                      absl::MakeConstSpan(gradients.data(), gradients.size()),
                      {.step = step})
            .status());
    network.Step(0.01f);
    report.Step(loss.value);
  }
  ROWHOUSE_ASSIGN_OR_RETURN(const std::vector<TableSummary> tables,
                            client.ListTables());
  ROWHOUSE_ASSIGN_OR_RETURN(const TableSummary table,
                            client.DescribeTable("videos"));
  std::puts(
      report.Json({{"tables", tables.size()}, {"rows", table.rows_stored}})
          .c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace rowhouse

int main(int argc, char** argv) {
  return rowhouse::dense::RunProgram(argc, argv, {"ADDRESS", "VOCABULARY"},
                                     rowhouse::Train);
}
