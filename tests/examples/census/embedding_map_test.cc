#include "examples/census/embedding_map.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowhouse::census {
namespace {

using ::testing::HasSubstr;

// Four points on two axes that are turned by a known angle: (3, 4) / 5 carries
// variance 2 * 100, (-4, 3) / 5 carries 2 * 25.
TEST(Project, FindsTheDirectionsOfGreatestVariance) {
  Matrix rows(4, 3);
  rows << 1 + 6, 2 + 8, 7,  // +10 along the first
      1 - 6, 2 - 8, 7,      // -10
      1 - 4, 2 + 3, 7,      // +5 along the second
      1 + 4, 2 - 3, 7;      // -5
  const Projection projection = Project(rows);
  ASSERT_EQ(projection.points.size(), 4u);
  EXPECT_NEAR(projection.first_share, 0.8, 1e-9);
  EXPECT_NEAR(projection.second_share, 0.2, 1e-9);
  EXPECT_NEAR(projection.points[0].x, 10, 1e-6);
  EXPECT_NEAR(projection.points[0].y, 0, 1e-6);
  EXPECT_NEAR(projection.points[1].x, -10, 1e-6);
  // The greatest component of (-4, 3) / 5 is made positive: (4, -3) / 5.
  EXPECT_NEAR(projection.points[2].y, -5, 1e-6);
  EXPECT_NEAR(projection.points[3].y, 5, 1e-6);
}

TEST(Project, TakesRowsThatAreAllEqual) {
  const Projection projection = Project(Matrix::Constant(3, 2, 4.0f));
  EXPECT_EQ(projection.first_share, 0);
  for (const Point& point : projection.points) {
    EXPECT_EQ(point.x, 0);
    EXPECT_EQ(point.y, 0);
  }
}

TEST(DrawEmbeddingMap, NamesEveryRow) {
  Projection projection;
  projection.points = {{0, 0}, {1, 1}, {1, 1}};
  const std::string svg = DrawEmbeddingMap(
      {{"Sales", 10, 0.5}, {"Tech & more", 5, 0.1}, {"Other", 1, 0}},
      projection, "Title", "subtitle");
  EXPECT_THAT(svg, HasSubstr(">Sales</text>"));
  EXPECT_THAT(svg, HasSubstr(">Tech &amp; more</text>"));
  EXPECT_THAT(svg, HasSubstr("<title>Other: 1 rows, 0.0% earn"));
  EXPECT_THAT(svg, ::testing::Not(HasSubstr("nan")));
}

}  // namespace
}  // namespace rowhouse::census
