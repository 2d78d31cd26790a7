// Messages that wait on disk for delivery.
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

/// First in, first out; messages survive crashes and reboots. One file per message, in a folder
/// that only one process at a time may use. Thread safe.
class DiskQueue {
 public:
  struct Message {
    std::uint64_t number = 0;  ///< increases from message to message
    std::string id;            ///< never reused, in this queue or any other
    std::string body;
  };

  /// Creates the folder if it is missing, and keeps messages left in it.
  /// @throws Error(io) if it cannot be used, or another process uses it
  explicit DiskQueue(const std::filesystem::path& folder, const DiskQueueLimits& limits = {});
  ~DiskQueue();
  DiskQueue(const DiskQueue&) = delete;
  DiskQueue& operator=(const DiskQueue&) = delete;

  /// The message is on disk when this returns. Beyond the limits the oldest messages are dropped,
  /// and counted.
  /// @throws Error(io)
  void push(std::string_view body);
  /// The oldest message; nothing if the queue is empty. Messages whose file is missing or
  /// unreadable are skipped.
  [[nodiscard]] std::optional<Message> front();
  /// The message was delivered. It is not an error if it no longer exists.
  void pop(std::uint64_t number);
  /// The message will never be accepted: it moves to the folder `rejected` of the queue, which
  /// keeps only the newest 1000.
  void reject(std::uint64_t number);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::int64_t bytes() const;
  /// Messages dropped because of the limits.
  [[nodiscard]] std::int64_t dropped() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
