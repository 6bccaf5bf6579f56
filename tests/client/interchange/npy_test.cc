#include "client/interchange/npy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/client/interchange/recorded_checkpoints.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace rowhouse::interchange {
namespace {

using ::testing::HasSubstr;

class NpyTest : public testing::Test {
 protected:
  absl::StatusOr<NpyReader> Open(absl::string_view bytes) {
    SetBytes(dir_.File("a.npy"), bytes);
    return NpyReader::Open(dir_.File("a.npy"));
  }
  // A file of version 1 with this dictionary.
  absl::StatusOr<NpyReader> Open(const std::string& header,
                                 const std::string& data) {
    return Open(absl::StrCat("\x93NUMPY\x01", std::string(1, '\0'),
                             std::string(1, static_cast<char>(header.size())),
                             std::string(1, '\0'), header, data));
  }

  TempDir dir_;
};

constexpr char kMatrix[] =
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n";

TEST_F(NpyTest, WritesTheBytesThatNumPyWrites) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(
      NpyWriter writer,
      NpyWriter::Create(dir_.File("a.npy"), {Dtype::kFloat32, {2, 1}}));
  ROWHOUSE_ASSERT_OK(writer.Append("0123"));
  ROWHOUSE_ASSERT_OK(writer.Append("4567"));
  ROWHOUSE_ASSERT_OK(writer.Finish());
  const std::string bytes = BytesOf(dir_.File("a.npy"));
  // numpy.save of 1.26: 118 bytes of header, padded with blanks.
  EXPECT_EQ(bytes.substr(0, 10), std::string("\x93NUMPY\x01\0v\0", 10));
  EXPECT_THAT(bytes.substr(10),
              testing::StartsWith("{'descr': '<f4', 'fortran_order': False, "
                                  "'shape': (2, 1), }   "));
  EXPECT_EQ(bytes.substr(127), "\n01234567");
}

TEST_F(NpyTest, EveryTypeGoesBothWays) {
  for (const Dtype dtype :
       {Dtype::kFloat16, Dtype::kFloat32, Dtype::kFloat64, Dtype::kInt8,
        Dtype::kInt16, Dtype::kInt32, Dtype::kInt64, Dtype::kUint8,
        Dtype::kUint16, Dtype::kUint32, Dtype::kUint64, Dtype::kBool,
        Dtype::kComplex64, Dtype::kComplex128}) {
    const TensorInfo info{dtype, {3}};
    std::string data(3 * ItemBytes(dtype), '\0');
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = static_cast<char>(i);
    }
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(NpyWriter writer,
                                  NpyWriter::Create(dir_.File("b.npy"), info));
    ROWHOUSE_ASSERT_OK(writer.Append(data));
    ROWHOUSE_ASSERT_OK(writer.Finish());
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NpyReader reader,
                                  NpyReader::Open(dir_.File("b.npy")));
    EXPECT_EQ(reader.info(), info);
    std::string read(ItemBytes(dtype), '\0');
    ROWHOUSE_ASSERT_OK(reader.Read(ItemBytes(dtype), absl::MakeSpan(read)));
    EXPECT_EQ(read, data.substr(ItemBytes(dtype), ItemBytes(dtype)));
  }
}

TEST_F(NpyTest, LaterVersionsAndTheOtherByteOrder) {
  const std::string header =
      "{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}";
  for (const char version : {'\2', '\3'}) {
    ROWHOUSE_ASSERT_OK_AND_ASSIGN(
        const NpyReader reader,
        Open(absl::StrCat("\x93NUMPY", std::string(1, version),
                          std::string(1, '\0'),
                          std::string(1, static_cast<char>(header.size())),
                          std::string(3, '\0'), header, "dcba")));
    std::string read(4, '\0');
    ROWHOUSE_ASSERT_OK(reader.Read(0, absl::MakeSpan(read)));
    EXPECT_EQ(read, "abcd");
  }
}

TEST_F(NpyTest, FilesThatAreNone) {
  for (const std::string& bytes :
       {std::string(), std::string("\x93NUMPY"),
        std::string("PK\3\4xxxxxxxxxx"),
        std::string("\x93NUMPY\4\0v\0xxxxx", 15),
        std::string("\x93NUMPY\0\0v\0xxxxx", 15),
        std::string("\x93NUMPY\1\0v\0short", 15),
        std::string("\x93NUMPY\2\0\xff\xff\xff\xffxxxxx", 17)}) {
    EXPECT_THAT(Open(bytes),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("a.npy")))
        << bytes;
  }
  EXPECT_THAT(NpyReader::Open(dir_.File("no.npy")),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(NpyTest, TheFileIsAsLongAsItsArray) {
  ROWHOUSE_EXPECT_OK(Open(kMatrix, "01234567"));
  EXPECT_THAT(Open(kMatrix, "0123456"), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open(kMatrix, "012345678"),
              StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Open("{'descr': '<f4', 'fortran_order': False, 'shape': "
                   "(4611686018427387904, 4)}",
                   ""),
              StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(NpyTest, WhatIsNotRead) {
  constexpr auto kUnimplemented = absl::StatusCode::kUnimplemented;
  const std::string shape = "'fortran_order': False, 'shape': (0,)}";
  for (const char* descr :
       {"<U3", "|O", "|V4", "<M8[ns]", "<f3", "f4", "", "|f4", "<x4"}) {
    EXPECT_THAT(Open(absl::StrCat("{'descr': '", descr, "', ", shape), ""),
                StatusIs(kUnimplemented))
        << descr;
  }
  EXPECT_THAT(
      Open("{'descr': '<i1', 'fortran_order': True, 'shape': (2, 2)}", "0123"),
      StatusIs(kUnimplemented, HasSubstr("Fortran")));
  ROWHOUSE_EXPECT_OK(
      Open("{'descr': '|i1', 'fortran_order': True, 'shape': (4,)}", "0123"));
}

TEST_F(NpyTest, ReadsStayInTheArray) {
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(const NpyReader reader,
                                Open(kMatrix, "01234567"));
  std::string read(8, '\0');
  ROWHOUSE_EXPECT_OK(reader.Read(0, absl::MakeSpan(read)));
  EXPECT_THAT(reader.Read(4, absl::MakeSpan(read)),
              StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(reader.Read(~0ull - 3, absl::MakeSpan(read)),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(NpyTest, AnArrayIsWrittenWhole) {
  const TensorInfo info{Dtype::kInt16, {2}};
  ROWHOUSE_ASSERT_OK_AND_ASSIGN(NpyWriter writer,
                                NpyWriter::Create(dir_.File("c.npy"), info));
  ROWHOUSE_ASSERT_OK(writer.Append("012"));
  EXPECT_THAT(writer.Append("34"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("c.npy")));
  for (const TensorInfo& none :
       {TensorInfo{Dtype::kBfloat16, {2}}, TensorInfo{Dtype::kString, {2}},
        TensorInfo{Dtype::kInt8, {-2}}}) {
    EXPECT_THAT(NpyWriter::Create(dir_.File("d.npy"), none),
                StatusIs(absl::StatusCode::kInvalidArgument));
  }
}

}  // namespace
}  // namespace rowhouse::interchange
