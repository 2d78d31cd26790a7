#include "video/live/delivery/webhook.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "faceshot/error.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

// RFC 4231, test cases 1, 2 and 6.
TEST(Hmac, IsThatOfTheStandard) {
  EXPECT_EQ(hmac_sha256(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hmac_sha256(std::string(131, '\xaa'),
                        "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(webhook_signature("Jefe", 7, "a", "b"), "t=7,v1=" + hmac_sha256("Jefe", "7.a.b"));
}

class QueueTest : public ::testing::Test {
 protected:
  QueueTest()
      : folder_(fs::path(::testing::TempDir()) /
                (std::string("queue_") +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(folder_);
  }
  ~QueueTest() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(QueueTest, KeepsOrderAcrossProcesses) {
  std::set<std::string> ids;
  {
    DiskQueue queue(folder_);
    for (int i = 0; i < 12; ++i) queue.push("message " + std::to_string(i));
    const auto first = queue.front();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->body, "message 0");
    ids.insert(first->id);
    queue.pop(first->number);
    EXPECT_THROW(DiskQueue other(folder_), Error);  // it is in use
  }
  std::ofstream(folder_ / "00000000000000000099-x.json.tmp-1-1") << "half";
  DiskQueue queue(folder_);
  EXPECT_EQ(queue.size(), 11U);
  EXPECT_FALSE(fs::exists(folder_ / "00000000000000000099-x.json.tmp-1-1"));
  queue.push("message 12");
  for (int i = 1; i <= 12; ++i) {
    const auto message = queue.front();
    ASSERT_TRUE(message);
    EXPECT_EQ(message->body, "message " + std::to_string(i));
    EXPECT_TRUE(ids.insert(message->id).second);
    queue.pop(message->number);
  }
  EXPECT_FALSE(queue.front());
  EXPECT_EQ(queue.bytes(), 0);
}

TEST_F(QueueTest, TheOldestGoWhenItIsFull) {
  DiskQueue queue(folder_, {.most_messages = 5, .most_bytes = 1000});
  for (int i = 0; i < 8; ++i) queue.push(std::to_string(i));
  EXPECT_EQ(queue.size(), 5U);
  EXPECT_EQ(queue.dropped(), 3);
  EXPECT_EQ(queue.front()->body, "3");
  queue.push(std::string(990, 'x'));
  EXPECT_LE(queue.bytes(), 1000);
  queue.push(std::string(5000, 'y'));  // alone it may stay
  EXPECT_EQ(queue.size(), 1U);
}

TEST_F(QueueTest, WhatIsRejectedIsKeptBeside) {
  DiskQueue queue(folder_);
  queue.push("bad");
  queue.push("good");
  queue.reject(queue.front()->number);
  EXPECT_EQ(queue.front()->body, "good");
  int kept = 0;
  for ([[maybe_unused]] const auto& file : fs::directory_iterator(folder_ / "rejected")) ++kept;
  EXPECT_EQ(kept, 1);
}

/// A receiver with scripted answers.
struct Receiver {
  std::mutex mutex;
  std::vector<int> answers;  ///< taken from the front; then 200
  std::vector<std::string> bodies;
  std::vector<std::string> ids;
  bool signatures = true;

  Post post() {
    return [this](const std::string& body, const std::vector<std::string>& headers) -> PostResult {
      const std::lock_guard lock(mutex);
      std::string id, signature;
      for (const std::string& header : headers) {
        if (header.starts_with("X-FaceShot-Delivery: ")) id = header.substr(21);
        if (header.starts_with("X-FaceShot-Signature: ")) signature = header.substr(22);
      }
      const std::string time = signature.substr(2, signature.find(',') - 2);
      signatures = signatures && !id.empty() &&
                   signature.substr(signature.find("v1=") + 3) ==
                       hmac_sha256("key", time + "." + id + "." + body);
      const int answer = answers.empty() ? 200 : answers.front();
      if (!answers.empty()) answers.erase(answers.begin());
      if (answer == 200) {
        bodies.push_back(body);
        ids.push_back(id);
      }
      return {answer, answer == 0 ? "Connection refused" : ""};
    };
  }
};

TEST_F(QueueTest, AllArriveOnceAndInOrderWhenTheReceiverComesBack) {
  DiskQueue queue(folder_);
  Interrupt interrupt;
  Receiver receiver;
  receiver.answers = {0, 0, 500, 503, 404, 401, 429, 200, 0, 0, 200, 302, 200};
  std::vector<std::string> logged;
  {
    WebhookSender sender(
        queue, receiver.post(), "key", {.first = 0.001, .most = 0.004},
        [&](const LogLine& line) { logged.push_back(line.what); }, interrupt);
    for (int i = 0; i < 20; ++i) {
      queue.push(std::to_string(i));
      sender.notify();
    }
    EXPECT_TRUE(sender.drain(20));
    EXPECT_EQ(sender.counters().sent, 20);
    EXPECT_EQ(sender.counters().failures, 10);
  }
  ASSERT_EQ(receiver.bodies.size(), 20U);
  for (int i = 0; i < 20; ++i)
    EXPECT_EQ(receiver.bodies[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_EQ(std::set<std::string>(receiver.ids.begin(), receiver.ids.end()).size(), 20U);
  EXPECT_TRUE(receiver.signatures);
  EXPECT_EQ(std::count(logged.begin(), logged.end(), "webhook_back"), 3);
  EXPECT_LT(logged.size(), 12U);
}

TEST_F(QueueTest, OneThatIsRefusedForGoodDoesNotHoldUpTheOthers) {
  DiskQueue queue(folder_);
  Interrupt interrupt;
  Receiver receiver;
  receiver.answers = {200, 422};
  WebhookSender sender(queue, receiver.post(), "key", {.first = 0.001, .most = 0.004}, nullptr,
                       interrupt);
  for (const char* const body : {"a", "b", "c"}) queue.push(body);
  sender.notify();
  EXPECT_TRUE(sender.drain(20));
  EXPECT_EQ(receiver.bodies, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(sender.counters().rejected, 1);
}

TEST_F(QueueTest, WhatWasNotSentStaysForTheNextTime) {
  Receiver down, up;
  down.answers.assign(100000, 0);
  {
    DiskQueue queue(folder_);
    Interrupt interrupt;
    WebhookSender sender(queue, down.post(), "key", {.first = 0.001, .most = 0.004}, nullptr,
                         interrupt);
    queue.push("1");
    queue.push("2");
    sender.notify();
    EXPECT_FALSE(sender.drain(0.05));
  }
  DiskQueue queue(folder_);
  Interrupt interrupt;
  WebhookSender sender(queue, up.post(), "key", {.first = 0.001, .most = 0.004}, nullptr,
                       interrupt);
  EXPECT_TRUE(sender.drain(20));
  EXPECT_EQ(up.bodies, (std::vector<std::string>{"1", "2"}));
}

TEST(CurlPost, OnlyWebAddresses) {
  const Interrupt interrupt;
  EXPECT_THROW((void)curl_post("file:///etc/passwd", interrupt), Error);
  EXPECT_THROW((void)curl_post("ftp://host/", interrupt), Error);
}

}  // namespace
}  // namespace faceshot::video
