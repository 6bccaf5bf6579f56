#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "tests/client/columns/column_testing.h"
#include "tests/client/columns/token_files.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Column = CategoricalColumnWithVocabularyFile;

auto Fails(absl::StatusCode code, const std::string& text) {
  return StatusIs(code, HasSubstr(text));
}

class VocabularyFileTest : public ::testing::Test {
 protected:
  VocabularyFileTest() {
    features_.Set("s", strings_);
    features_.Set("i", integers_);
  }

  // The path of a new file.
  std::string Write(const std::string& name, const std::string& bytes) {
    std::ofstream(dir_.File(name), std::ios::binary) << bytes;
    return dir_.File(name);
  }
  std::string WriteRecords(const std::vector<std::string>& records,
                           const std::string& name = "words.tfrecord.gz") {
    return Write(name, internal::Gzip(internal::TfRecordFile(records)));
  }
  static absl::Status Compiled(const Column& column) {
    return internal::Compile(column).status();
  }
  absl::Status Transformed(const Column& column) {
    EXPECT_TRUE(Compiled(column).ok()) << Compiled(column);
    return Transform(column, features_).status();
  }

  const TempDir dir_;
  const std::vector<std::string> strings_ = {"omar", "tarkus", "", "toccata"};
  const std::vector<std::int64_t> integers_ = {7, -1, -3, 8};
  Features features_;
};

TEST_F(VocabularyFileTest, NumbersLinesFromZero) {
  const std::string file = Write("words", "marlo\r\nomar\nstringer");
  EXPECT_THAT(IdsOf(Column{.key = "s", .vocabulary_file = file}, features_),
              ElementsAre(1, -1, -1));
  EXPECT_THAT(
      IdsOf(Column{.key = "s", .vocabulary_file = file, .default_value = 9},
            features_),
      ElementsAre(1, 9, 9));
  EXPECT_THAT(
      IdsOf(
          Column{.key = "s", .vocabulary_file = file, .num_oov_buckets = 1000},
          features_),
      ElementsAre(1, 867, 860));
  auto compiled = internal::Compile(
      Column{.key = "s", .vocabulary_file = file, .num_oov_buckets = 4});
  EXPECT_EQ((*compiled)->num_buckets(), 7);
}

TEST_F(VocabularyFileTest, ReadsNoMoreThanItsSize) {
  // An empty line, a token twice: nobody sees them.
  const std::string file = Write("words", "omar\nb\n\nomar\n");
  const Column column{.key = "s",
                      .vocabulary_file = file,
                      .vocabulary_size = 2,
                      .num_oov_buckets = 1};
  EXPECT_THAT(IdsOf(column, features_), ElementsAre(0, 2, 2));
  EXPECT_EQ((*internal::Compile(column))->num_buckets(), 3);
}

TEST_F(VocabularyFileTest, ReadsRecords) {
  const std::string file = WriteRecords({"", "omar", "tarkus"});
  EXPECT_THAT(IdsOf(Column{.key = "s", .vocabulary_file = file}, features_),
              ElementsAre(1, 2, -1));
  EXPECT_THAT(
      IdsOf(Column{.key = "s", .vocabulary_file = file, .vocabulary_size = 2},
            features_),
      ElementsAre(1, -1, -1));
  EXPECT_THAT(
      IdsOf(Column{.key = "i",
                   .vocabulary_file = WriteRecords({"8", "-3", "7"}, "numbers"),
                   .dtype = DType::kInt64,
                   .file_format = "tfrecord_gzip"},
            features_),
      ElementsAre(2, 1, 0));
}

TEST_F(VocabularyFileTest, LooksAtTheNameForTheFormatUnlessTold) {
  const std::string file = Write("words.tfrecord.gz", "omar\n");
  EXPECT_THAT(Compiled({.key = "s", .vocabulary_file = file}),
              Fails(absl::StatusCode::kDataLoss, "incorrect header check"));
  for (const char* format : {"text", "csv", ""}) {
    EXPECT_THAT(
        IdsOf(
            Column{.key = "s", .vocabulary_file = file, .file_format = format},
            features_),
        ElementsAre(0, -1, -1));
  }
}

TEST_F(VocabularyFileTest, TakesDecimalIntegers) {
  const std::string file =
      Write("numbers", " 007 \n-3\t\n9223372036854775807\n-0\n");
  EXPECT_THAT(
      IdsOf(Column{.key = "i", .vocabulary_file = file, .dtype = DType::kInt32},
            features_),
      ElementsAre(0, 1, -1));
  for (const char* bad :
       {"+1", " +1", "0x10", "2.0", "1 2", "-", "9223372036854775808", "a"}) {
    EXPECT_THAT(
        Transformed({.key = "i",
                     .vocabulary_file = Write("bad", bad),
                     .dtype = DType::kInt64}),
        Fails(absl::StatusCode::kInvalidArgument, "line 0 is no int64: \""))
        << bad;
  }
}

TEST_F(VocabularyFileTest, SaysWhatIsWrongWithLines) {
  const auto error = [&](const std::string& text, std::int64_t size) {
    return Transformed({.key = "s",
                        .vocabulary_file = Write("words", text),
                        .vocabulary_size = size});
  };
  EXPECT_THAT(error("a\nb\n\r", 3), Fails(absl::StatusCode::kInvalidArgument,
                                          "expected 3 lines, got 2"));
  EXPECT_THAT(error("a\n\nb\n", 2),
              Fails(absl::StatusCode::kInvalidArgument, "line 1 is empty"));
  EXPECT_THAT(error("a\n\r\nb\n", 2),
              Fails(absl::StatusCode::kInvalidArgument, "line 1 is empty"));
  EXPECT_THAT(error("a\nb\na\n", 3),
              Fails(absl::StatusCode::kFailedPrecondition,
                    "line 2 has a token a second time: \"a\""));
  EXPECT_THAT(error("007", std::numeric_limits<std::int64_t>::max()),
              Fails(absl::StatusCode::kInvalidArgument, "got 1"));
}

TEST_F(VocabularyFileTest, SaysWhatIsWrongWithRecords) {
  EXPECT_THAT(Transformed({.key = "s",
                           .vocabulary_file = WriteRecords({"a", "b"}),
                           .vocabulary_size = 3}),
              Fails(absl::StatusCode::kFailedPrecondition,
                    "expected 3 records, got 2"));
  EXPECT_THAT(
      Transformed({.key = "s", .vocabulary_file = WriteRecords({"a", "a"})}),
      Fails(absl::StatusCode::kFailedPrecondition,
            "record 1 has a token a second time"));
  EXPECT_THAT(
      Transformed({.key = "i",
                   .vocabulary_file = WriteRecords({"7", "x"}),
                   .dtype = DType::kInt64}),
      Fails(absl::StatusCode::kInvalidArgument, "record 1 is no int64"));
  EXPECT_THAT(Transformed({.key = "s",
                           .vocabulary_file = Write("no.tfrecord.gz", "omar"),
                           .vocabulary_size = 1}),
              Fails(absl::StatusCode::kDataLoss, "incorrect header check"));
}

TEST_F(VocabularyFileTest, IsMissedWhenItIsRead) {
  const std::string none = dir_.File("none");
  EXPECT_THAT(Compiled({.key = "s", .vocabulary_file = none}),
              InvalidWith("\"s\": there is no vocabulary_file"));
  EXPECT_THAT(
      Transformed({.key = "s", .vocabulary_file = none, .vocabulary_size = 1}),
      Fails(absl::StatusCode::kNotFound, "/none"));
}

TEST_F(VocabularyFileTest, StaysAsItWasLoadedOrNot) {
  const std::string file = Write("words", "omar\n");
  auto good = internal::Compile(
      Column{.key = "s", .vocabulary_file = file, .vocabulary_size = 1});
  auto bad = internal::Compile(
      Column{.key = "s", .vocabulary_file = file, .vocabulary_size = 2});
  ASSERT_TRUE(good.ok() && bad.ok());
  EXPECT_TRUE((*good)->Transform(features_).ok());
  EXPECT_FALSE((*bad)->Transform(features_).ok());
  Write("words", "a\nomar\n");
  EXPECT_THAT((*good)->Transform(features_)->values, ElementsAre(0, -1, -1));
  EXPECT_THAT((*bad)->Transform(features_).status(),
              Fails(absl::StatusCode::kInvalidArgument, "expected 2 lines"));
}

TEST_F(VocabularyFileTest, LooksAtTheFeatureBeforeTheFile) {
  const Column column{
      .key = "i", .vocabulary_file = dir_.File("none"), .vocabulary_size = 1};
  EXPECT_THAT(Transformed(column),
              InvalidWith("\"i\": takes strings, got int64"));
}

TEST_F(VocabularyFileTest, RefusesBadArgumentsInTheOrderOfTensorFlow) {
  const std::string file = Write("words", "a\nb\n");
  EXPECT_THAT(Compiled({.key = "v", .vocabulary_size = 0}),
              InvalidWith("\"v\": vocabulary_file is empty"));
  EXPECT_THAT(Compiled({.key = "v",
                        .vocabulary_file = file,
                        .vocabulary_size = 0,
                        .num_oov_buckets = -1}),
              InvalidWith("vocabulary_size is 0, expected at least 1"));
  EXPECT_THAT(Compiled({.key = "v",
                        .vocabulary_file = Write("empty", ""),
                        .num_oov_buckets = -1}),
              InvalidWith("vocabulary_size is 0"));
  EXPECT_THAT(Compiled({.key = "v",
                        .vocabulary_file = file,
                        .default_value = -1,
                        .num_oov_buckets = 2}),
              InvalidWith("num_oov_buckets 2 and default_value -1 exclude"));
  EXPECT_THAT(Compiled({.key = "v",
                        .vocabulary_file = file,
                        .dtype = DType::kFloat32,
                        .num_oov_buckets = -1}),
              InvalidWith("num_oov_buckets is -1"));
  EXPECT_THAT(
      Compiled({.key = "v", .vocabulary_file = file, .dtype = DType::kFloat32}),
      InvalidWith("dtype is float32, expected string or integer"));
  EXPECT_TRUE(Compiled({.key = "v",
                        .vocabulary_file = file,
                        .default_value = 5,
                        .num_oov_buckets = 0})
                  .ok());
  EXPECT_THAT(Compiled({.key = "v", .vocabulary_file = dir_.path()}),
              Fails(absl::StatusCode::kFailedPrecondition, dir_.path()));
}

}  // namespace
}  // namespace rowhouse
