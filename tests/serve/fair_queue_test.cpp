#include "serve/fair_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace faceshot::serve {
namespace {

std::string all_of(FairQueue<std::string>& queue) {
  queue.close();
  std::string text;
  while (const auto item = queue.pop()) text += *item + " ";
  return text;
}

TEST(FairQueue, ServesClientsInTurn) {
  FairQueue<std::string> queue(10);
  for (const char* const item : {"a1", "a2", "a3", "b1", "c1", "c2"})
    EXPECT_TRUE(queue.push(std::string(1, item[0]), item).taken);
  EXPECT_EQ(all_of(queue), "a1 b1 c1 a2 c2 a3 ");
}

TEST(FairQueue, HasPlacesForThoseWhoWaitLess) {
  FairQueue<std::string> queue(3);
  for (const char* const item : {"a1", "a2", "a3"}) EXPECT_TRUE(queue.push("a", item).taken);
  EXPECT_FALSE(queue.admits("a"));
  EXPECT_FALSE(queue.push("a", "a4").taken);
  EXPECT_TRUE(queue.admits("b"));
  const auto pushed = queue.push("b", "b1");
  EXPECT_TRUE(pushed.taken);
  EXPECT_EQ(pushed.displaced, "a3");
  // Two of a's and one of b's: nobody is displaced by another's second one.
  EXPECT_FALSE(queue.push("b", "b2").taken);
  EXPECT_FALSE(queue.push("a", "a4").taken);
  EXPECT_EQ(queue.push("c", "c1").displaced, "a2");
  EXPECT_FALSE(queue.admits("d"));
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(all_of(queue), "a1 b1 c1 ");
}

TEST(FairQueue, TakesWhatBelongsToWhatItTook) {
  FairQueue<std::string> queue(1);
  EXPECT_TRUE(queue.push("a", "a1").taken);
  EXPECT_TRUE(queue.push("a", "a2", true).taken);
  queue.close();
  EXPECT_FALSE(queue.push("b", "b1").taken);
  EXPECT_TRUE(queue.push("a", "a3", true).taken);
  EXPECT_EQ(all_of(queue), "a1 a2 a3 ");
}

TEST(FairQueue, LosesNothingBetweenThreads) {
  FairQueue<int> queue(16);
  constexpr int clients = 4, each = 2000;
  std::atomic<int> got{0}, refused{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t)
    threads.emplace_back([&] {
      while (queue.pop()) ++got;
    });
  std::vector<std::thread> senders;
  for (int c = 0; c < clients; ++c)
    senders.emplace_back([&, c] {
      for (int i = 0; i < each; ++i) {
        const auto pushed = queue.push(std::to_string(c), i);
        refused += (pushed.taken ? 0 : 1) + (pushed.displaced ? 1 : 0);
      }
    });
  for (std::thread& thread : senders) thread.join();
  queue.close();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got + refused, clients * each);
  EXPECT_EQ(queue.size(), 0U);
}

}  // namespace
}  // namespace faceshot::serve
