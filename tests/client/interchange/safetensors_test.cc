#include "client/interchange/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/interchange/varint.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

class SafetensorsTest : public testing::Test {
 protected:
  absl::StatusOr<SafetensorsReader> OpenBytes(const std::string& bytes) {
    SetBytes(path_, bytes);
    return SafetensorsReader::Open(path_);
  }
  absl::StatusOr<SafetensorsReader> Open(const std::string& header,
                                         const std::string& data) {
    std::string bytes;
    AppendWord(static_cast<std::uint64_t>(header.size()), bytes);
    return OpenBytes(bytes + header + data);
  }

  TempDir dir_;
  const std::string path_ = dir_.File("a.safetensors");
};

TEST_F(SafetensorsTest, WritesAndReads) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      SafetensorsWriter writer,
      SafetensorsWriter::Create(path_, {{"b", {Dtype::kFloat32, {2, 1}}},
                                        {"a/\xc3\xa9", {Dtype::kInt8, {}}},
                                        {"none", {Dtype::kBool, {0, 3}}}}));
  ROWHOUSE_ASSERT_OK(writer.Append(1, "x"));
  ROWHOUSE_ASSERT_OK(writer.Append(0, "0123"));
  ROWHOUSE_ASSERT_OK(writer.Append(0, "4567"));
  ROWHOUSE_ASSERT_OK(writer.Finish());
  const std::string bytes = BytesOf(path_);
  EXPECT_EQ((bytes.size() - 9) % 8, 0);
  EXPECT_THAT(
      bytes.substr(8),
      testing::StartsWith(
          R"({"b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},)"));
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const SafetensorsReader reader,
                                SafetensorsReader::Open(path_));
  ASSERT_EQ(reader.tensors().size(), 3);
  EXPECT_EQ(reader.tensors().at("b").info,
            (TensorInfo{Dtype::kFloat32, {2, 1}}));
  std::string read(4, '\0');
  ROWHOUSE_ASSERT_OK(reader.Read("b", 4, absl::MakeSpan(read)));
  EXPECT_EQ(read, "4567");
  read.resize(1);
  ROWHOUSE_ASSERT_OK(reader.Read("a/\xc3\xa9", 0, absl::MakeSpan(read)));
  EXPECT_EQ(read, "x");
}

TEST_F(SafetensorsTest, MetadataIsNoTensor) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SafetensorsReader reader,
      Open(R"({"__metadata__":{"format":"pt"},)"
           R"("w":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}  )",
           "0123"));
  EXPECT_EQ(reader.tensors().size(), 1);
  ROWHOUSE_EXPECT_OK(Open("{}", ""));
}

TEST_F(SafetensorsTest, FilesThatAreNone) {
  for (const std::string& bytes :
       {std::string(), std::string("1234567"), std::string(8, '\xff'),
        std::string("\x40\0\0\0\0\0\0\0{}", 10)}) {
    EXPECT_THAT(OpenBytes(bytes), StatusIs(absl::StatusCode::kDataLoss));
  }
  for (const char* header :
       {"",
        "[]",
        "{",
        "{}}",
        "x",
        R"({"a":1})",
        R"({"a":{}})",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0]}})",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4,8]}})",
        R"({"a":{"dtype":"U8","shape":[-4],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":[4.0],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":4,"data_offsets":[0,4]}})",
        R"({"a":{"dtype":8,"shape":[4],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"x":1}})",
        R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})",
        R"({"a":{"dtype":"U8","shape":[5],"data_offsets":[0,5]}})",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})",
        R"({"a":{"dtype":"U8","shape":[9223372036854775807,4],)"
        R"("data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":[9223372036854775808],)"
        R"("data_offsets":[0,4]}})",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
        R"("b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
        R"({"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
        R"("b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
        R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})"}) {
    EXPECT_THAT(Open(header, "0123"), StatusIs(absl::StatusCode::kDataLoss,
                                               HasSubstr("a.safetensors")))
        << header;
  }
}

TEST_F(SafetensorsTest, AnUnknownTypeHidesNoOtherTensor) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SafetensorsReader reader,
      Open(R"({"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,3]},)"
           R"("b":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}})",
           "0123"));
  EXPECT_EQ(reader.tensors().at("a").unread_type, "F8_E4M3");
  EXPECT_EQ(reader.tensors().at("a").info.shape, Shape({3}));
  std::string read(1, '\0');
  ROWHOUSE_ASSERT_OK(reader.Read("b", 0, absl::MakeSpan(read)));
  EXPECT_EQ(read, "3");
}

TEST_F(SafetensorsTest, ReadsStayInTheTensor) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      const SafetensorsReader reader,
      Open(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
           R"("b":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})",
           "0123"));
  std::string read(2, '\0');
  EXPECT_THAT(reader.Read("a", 1, absl::MakeSpan(read)),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(reader.Read("a", ~0ull, absl::MakeSpan(read)),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(reader.Read("c", 0, absl::MakeSpan(read)),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(SafetensorsTest, TensorsThatAreNotWritten) {
  using Tensors = std::vector<std::pair<std::string, TensorInfo>>;
  const TensorInfo info{Dtype::kUint8, {1}};
  for (const Tensors& tensors :
       {Tensors{{"a", info}, {"a", info}}, Tensors{{"__metadata__", info}},
        Tensors{{"\xff", info}}, Tensors{{"a", {Dtype::kComplex128, {1}}}},
        Tensors{{"a", {Dtype::kString, {1}}}},
        Tensors{{"a", {Dtype::kUint8, {-1}}}}}) {
    EXPECT_THAT(SafetensorsWriter::Create(path_, tensors),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      SafetensorsWriter writer,
      SafetensorsWriter::Create(path_, {{"a", info}, {"b", info}}));
  ROWHOUSE_ASSERT_OK(writer.Append(0, "x"));
  EXPECT_THAT(writer.Append(0, "y"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace rowhouse::interchange
