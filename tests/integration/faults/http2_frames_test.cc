#include "tests/integration/faults/http2_frames.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rowhouse::faults {
namespace {

constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// A frame of data on stream 5 that ends it.
std::string LastData() { return std::string("\0\0\3\0\1\0\0\0\5abc", 12); }

TEST(Http2FramesTest, FramesComeWholeHoweverTheirBytesArrive) {
  Http2FrameReader reader(/*from_client=*/true);
  std::string bytes = kPreface + LastData() + ResetOfStream(7, 8);
  std::vector<Http2Frame> frames;
  for (const char byte : bytes) {
    reader.Add(absl::string_view(&byte, 1));
    while (auto frame = reader.Next()) frames.push_back(*frame);
  }
  ASSERT_EQ(frames.size(), 3u);
  EXPECT_EQ(frames[0].type, Http2Frame::kPreface);
  EXPECT_EQ(frames[1].type, Http2Frame::kData);
  EXPECT_EQ(frames[1].stream, 5u);
  EXPECT_EQ(frames[1].payload(), "abc");
  EXPECT_TRUE(frames[1].EndsStream());
  EXPECT_EQ(frames[2].type, Http2Frame::kRstStream);
  EXPECT_EQ(frames[2].stream, 7u);
  EXPECT_EQ(frames[2].payload(), absl::string_view("\0\0\0\10", 4));
  EXPECT_FALSE(frames[2].EndsStream());
  EXPECT_EQ(frames[0].bytes + frames[1].bytes + frames[2].bytes, bytes);
}

TEST(Http2FramesTest, AServerSendsNoPreface) {
  Http2FrameReader reader(/*from_client=*/false);
  reader.Add(LastData());
  const auto frame = reader.Next();
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->type, Http2Frame::kData);
  EXPECT_FALSE(reader.Next().has_value());
}

}  // namespace
}  // namespace rowhouse::faults
