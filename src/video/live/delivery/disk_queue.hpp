// Messages that wait on disk until they are delivered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace faceshot::video {

struct DiskQueueLimits {
  std::size_t most_messages = 100'000;
  std::int64_t most_bytes = 100'000'000;
};

/// First in, first out; what was pushed is there after a crash and a reboot. A file a message in a
/// folder of its own, which one process at a time may use. Thread safe.
class DiskQueue {
 public:
  struct Message {
    std::uint64_t number = 0;  ///< rises from message to message
    std::string id;            ///< never used for another message, in this queue or any other
    std::string body;
  };

  /// Makes the folder if it is missing, and takes up what was left in it.
  /// @throws Error(io) if it cannot be used, or another process uses it
  explicit DiskQueue(const std::filesystem::path& folder, const DiskQueueLimits& limits = {});
  ~DiskQueue();
  DiskQueue(const DiskQueue&) = delete;
  DiskQueue& operator=(const DiskQueue&) = delete;

  /// It is on disk when this returns. Beyond the limits the oldest messages go, and are counted.
  /// @throws Error(io)
  void push(std::string_view body);
  /// The oldest. None: the queue is empty. One whose file is gone or cannot be read is passed over.
  [[nodiscard]] std::optional<Message> front();
  /// Delivered. What is no longer there is no error.
  void pop(std::uint64_t number);
  /// Will never be taken: kept beside the queue, in the folder `rejected`, of which only the newest
  /// 1000 stay.
  void reject(std::uint64_t number);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::int64_t bytes() const;
  /// Messages that went because of the limits.
  [[nodiscard]] std::int64_t dropped() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
