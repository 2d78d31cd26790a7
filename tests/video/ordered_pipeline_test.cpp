#include "video/ordered_pipeline.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace faceshot::video {
namespace {

struct Item {
  int number = -1;
  int worked = 0;
};

class OrderedPipeline : public ::testing::TestWithParam<int> {};

TEST_P(OrderedPipeline, TakesAllInOrder) {
  int read = 0;
  std::vector<int> taken;
  run_in_order<Item>(
      GetParam(),
      [&](Item& item) {
        item.number = read;
        return read++ < 500;
      },
      [](Item& item, int) {
        // The later ones overtake.
        if (item.number % 7 == 0) std::this_thread::sleep_for(std::chrono::microseconds(300));
        item.worked = item.number * 2;
      },
      [&](const Item& item) {
        EXPECT_EQ(item.worked, item.number * 2);
        taken.push_back(item.number);
      });
  ASSERT_EQ(taken.size(), 500U);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
}

TEST_P(OrderedPipeline, KeepsFewOnTheWay) {
  std::atomic<int> read{0}, most{0};
  int taken = 0;
  run_in_order<Item>(
      GetParam(), [&](Item&) { return read++ < 200; }, [](Item&, int) {},
      [&](const Item&) {
        most = std::max(most.load(), read.load() - taken);
        ++taken;
        if (taken < 20) std::this_thread::sleep_for(std::chrono::milliseconds(1));
      });
  EXPECT_LE(most, 2 * GetParam() + 4);
}

TEST_P(OrderedPipeline, StopsAtTheFirstFailureWhereverItIs) {
  for (const std::string where : {"next", "work", "take"}) {
    int taken = 0, read = 0;
    const auto fail = [&](const std::string& here, int number) {
      if (here == where && number == 37) throw std::runtime_error(here);
    };
    try {
      run_in_order<Item>(
          GetParam(),
          [&](Item& item) {
            item.number = read;
            fail("next", read);
            return read++ < 1'000'000;
          },
          [&](Item& item, int) { fail("work", item.number); },
          [&](const Item& item) {
            fail("take", item.number);
            ++taken;
          });
      FAIL() << where;
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(e.what(), where);
    }
    EXPECT_EQ(taken, 37) << where;
  }
}

TEST_P(OrderedPipeline, EndsWithNothing) {
  int taken = 0;
  run_in_order<Item>(
      GetParam(), [](Item&) { return false; }, [](Item&, int) {}, [&](const Item&) { ++taken; });
  EXPECT_EQ(taken, 0);
}

INSTANTIATE_TEST_SUITE_P(Threads, OrderedPipeline, ::testing::Values(1, 2, 3, 8));

}  // namespace
}  // namespace faceshot::video
