// Posts events to a web server: signed, in order, repeated until accepted.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "video/live/delivery/disk_queue.hpp"
#include "video/live/live_log.hpp"
#include "video/live/sources/backoff.hpp"
#include "video/live/sources/interrupt.hpp"

namespace faceshot::video {

/// HMAC-SHA256 (RFC 2104, FIPS 180-4) as 64 lower-case hexadecimal digits. Thread safe.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);

/// The header that proves the sender and the time: "t=UNIX_SECONDS,v1=HEX", where HEX is
/// hmac_sha256(secret, "UNIX_SECONDS.ID.BODY"). @param id of the delivery
[[nodiscard]] std::string webhook_signature(std::string_view secret, std::int64_t unix_seconds,
                                            std::string_view id, std::string_view body);

struct PostResult {
  int status = 0;     ///< HTTP status; 0: no answer
  std::string error;  ///< why there was no answer
};

/// Sends a body with header lines ("Name: value"). Called on one thread.
using Post =
    std::function<PostResult(const std::string& body, const std::vector<std::string>& headers)>;

/// Uses libcurl: http and https only, certificates checked, redirects not followed.
/// @param url "https://..." or "http://..." @param interrupt aborts a request; must outlive it
/// @param most_seconds for a whole request
/// @throws Error(invalid_argument) for another URL
[[nodiscard]] Post curl_post(const std::string& url, const Interrupt& interrupt,
                             double most_seconds = 15);

struct WebhookCounters {
  std::int64_t sent = 0, failures = 0, rejected = 0;
};

/// Takes messages from a queue and sends them one after the other, repeating each until the
/// receiver answers 2xx; then it is removed. 400, 413, 415 and 422 mean that it will never be
/// accepted; such a message moves to the queue's folder of rejected ones. Anything else is retried
/// after increasing pauses, in order: no message overtakes another. A message arrives once, unless
/// an answer is lost on its way back: then it arrives again, with the same X-FaceShot-Delivery.
/// Thread safe.
class WebhookSender {
 public:
  /// @param queue must outlive it @param secret for X-FaceShot-Signature; empty: not signed
  /// @param interrupt must outlive it; raised by the destructor
  WebhookSender(DiskQueue& queue, Post post, std::string secret, const BackoffOptions& backoff,
                LiveLog log, Interrupt& interrupt);
  ~WebhookSender();  ///< unsent messages stay in the queue
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

  /// The queue has new messages.
  void notify();
  /// Waits until the queue is empty. @return whether it is, after at most `seconds`
  bool drain(double seconds);
  [[nodiscard]] WebhookCounters counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::video
