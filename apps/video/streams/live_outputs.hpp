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

/// A file that lines are added to, or standard output. What cannot be written is reported once, and
/// not kept. Thread safe.
class LineTarget {
 public:
  /// @param name file, made if it is missing; "-": standard output @throws Error(io)
  LineTarget(const std::string& name, video::LiveLog log);
  ~LineTarget();
  LineTarget(const LineTarget&) = delete;
  LineTarget& operator=(const LineTarget&) = delete;

  /// One line, whole, at once.
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

  /// In privacy mode all but counts are passed over.
  void tell(const video::Event& event);
  /// Gives the webhook's receiver that long to take what waits.
  void finish(double seconds);
  /// Queue and deliveries.
  void add_to(video::LiveStatus& status) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::cli
