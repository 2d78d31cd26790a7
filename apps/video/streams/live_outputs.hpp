// Outputs of events and frames of live streams.
#pragma once

#include <memory>
#include <string>

#include "streams/live_options.hpp"
#include "video/live/delivery/webhook.hpp"
#include "video/live/events/event.hpp"
#include "video/live/live_log.hpp"
#include "video/live/live_status.hpp"

namespace faceshot::cli {

/// A file to which lines are appended, or standard output. Lines that cannot be written are
/// reported once, and dropped. Thread safe.
class LineTarget {
 public:
  /// @param name file, created if it is missing; "-": standard output @throws Error(io)
  LineTarget(const std::string& name, video::LiveLog log);
  ~LineTarget();
  LineTarget(const LineTarget&) = delete;
  LineTarget& operator=(const LineTarget&) = delete;

  /// Writes one whole line at once.
  void write(std::string line);

 private:
  std::string name_;
  video::LiveLog log_;
  int file_ = 1;
  bool failing_ = false;
  struct Lock;
  std::unique_ptr<Lock> lock_;
};

/// JSON lines and webhooks. Thread safe.
class EventOutputs {
 public:
  /// @throws Error for files, folders or URLs that cannot be used
  EventOutputs(const LivePlan& plan, video::LiveLog log);
  ~EventOutputs();
  EventOutputs(const EventOutputs&) = delete;
  EventOutputs& operator=(const EventOutputs&) = delete;

  /// In privacy mode everything but counts is dropped.
  void tell(const video::Event& event);
  /// Gives the webhook's receiver that much time to accept waiting events.
  void finish(double seconds);
  /// Adds queue and deliveries.
  void add_to(video::LiveStatus& status) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
