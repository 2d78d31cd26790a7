#include "augment/search/rank_correlation.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "data/test_folder.hpp"

namespace faceshot::augment::search {
namespace {

using Values = std::vector<double>;

TEST(RankCorrelation, EqualsSciPys) {
  // Examples from the documentation of scipy.stats, with its values.
  EXPECT_NEAR(spearman(Values{1, 2, 3, 4, 5}, Values{5, 6, 7, 8, 7}), 0.8207826816681233, 1e-14);
  EXPECT_NEAR(kendall(Values{12, 2, 1, 12, 2}, Values{1, 4, 7, 1, 0}), -0.47140452079103173, 1e-14);
}

TEST(RankCorrelation, IsOneForTheSameOrderWhateverTheScale) {
  const Values x{0.3, 0.1, 0.7, 0.2}, y{3, -10, 1e9, 0}, z{-3, 10, -1e9, 0};
  EXPECT_NEAR(spearman(x, y), 1, 1e-12);
  EXPECT_NEAR(kendall(x, y), 1, 1e-12);
  EXPECT_NEAR(spearman(x, z), -1, 1e-12);
  EXPECT_NEAR(kendall(x, z), -1, 1e-12);
}

TEST(RankCorrelation, KnowsWhatHasNone) {
  EXPECT_TRUE(std::isnan(spearman(Values{}, Values{})));
  EXPECT_TRUE(std::isnan(kendall(Values{1}, Values{2})));
  EXPECT_TRUE(std::isnan(spearman(Values{1, 1, 1}, Values{1, 2, 3})));
  EXPECT_TRUE(std::isnan(kendall(Values{1, 2, 3}, Values{4, 4, 4})));
  testing::expect_error(ErrorCode::invalid_argument, "differ in length", [] {
    (void)spearman(Values{1}, Values{1, 2});
  });
}

}  // namespace
}  // namespace faceshot::augment::search
