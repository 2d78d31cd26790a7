#include "video/live/delivery/webhook.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/waiting_thread.hpp"
#include "faceshot/error.hpp"
#include "video/live/utc_time.hpp"

namespace faceshot::video {

std::string hmac_sha256(std::string_view key, std::string_view message) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(message.data()), message.size(), digest.data(),
             &size) == nullptr)
    throw Error(ErrorCode::unsupported, "OpenSSL cannot compute HMAC-SHA256");
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string webhook_signature(std::string_view secret, std::int64_t unix_seconds,
                              std::string_view id, std::string_view body) {
  return fmt::format("t={},v1={}", unix_seconds,
                     hmac_sha256(secret, fmt::format("{}.{}.{}", unix_seconds, id, body)));
}

struct WebhookSender::Impl {
  DiskQueue& queue;
  Post post;
  std::string secret;
  Backoff backoff;
  LiveLog log;
  Interrupt& interrupt;
  mutable std::mutex mutex{};
  std::condition_variable changed{};
  WebhookCounters counters{};
  bool ending = false, pushed = false;
  base::WaitingThread thread{};

  void tell(LogLevel level, const char* what, const std::string& message) const {
    if (log) log({level, "", what, message});
  }
  bool send(const DiskQueue::Message& message);
  void failed(const PostResult& result);
  void run();
};

/// True: the message is finished.
bool WebhookSender::Impl::send(const DiskQueue::Message& message) {
  std::vector<std::string> headers{"Content-Type: application/json",
                                   "X-FaceShot-Delivery: " + message.id};
  if (!secret.empty())
    headers.push_back(
        "X-FaceShot-Signature: " +
        webhook_signature(secret, static_cast<std::int64_t>(utc_now()), message.id, message.body));
  const PostResult result = post(message.body, headers);
  const int status = result.status;
  if (status >= 200 && status < 300) {
    if (backoff.failures() > 0)
      tell(LogLevel::info, "webhook_back", "the webhook's receiver accepts events again");
    backoff.reset();
    queue.pop(message.number);
    const std::lock_guard lock(mutex);
    ++counters.sent;
    return true;
  }
  if (status == 400 || status == 413 || status == 415 || status == 422) {
    tell(LogLevel::error, "webhook_rejected",
         fmt::format("the webhook's receiver rejected event {} (status {}); it was moved to the "
                     "queue's folder 'rejected'",
                     message.id, status));
    queue.reject(message.number);
    const std::lock_guard lock(mutex);
    ++counters.rejected;
    return true;
  }
  if (!interrupt.raised()) failed(result);
  return false;
}

void WebhookSender::Impl::failed(const PostResult& result) {
  const double pause = backoff.next();
  const int failures = backoff.failures();
  if ((failures & (failures - 1)) == 0)
    tell(LogLevel::warning, "webhook_failed",
         fmt::format("the webhook's receiver does not accept events ({}); {} waiting (attempt {})",
                     result.status > 0 ? fmt::format("status {}", result.status) : result.error,
                     queue.size(), failures));
  {
    const std::lock_guard lock(mutex);
    ++counters.failures;
  }
  interrupt.wait(pause);
}

void WebhookSender::Impl::run() {
  while (!interrupt.raised()) {
    try {
      if (const auto message = queue.front()) {
        send(*message);
        continue;
      }
    } catch (const std::exception& e) {
      tell(LogLevel::error, "webhook_failed", e.what());
      interrupt.wait(backoff.next());
      continue;
    }
    std::unique_lock lock(mutex);
    changed.notify_all();  // drain()
    changed.wait(lock, [&] { return ending || pushed; });
    if (ending) return;
    pushed = false;
  }
}

WebhookSender::WebhookSender(DiskQueue& queue, Post post, std::string secret,
                             const BackoffOptions& backoff, LiveLog log, Interrupt& interrupt)
    : impl_(new Impl{.queue = queue,
                     .post = std::move(post),
                     .secret = std::move(secret),
                     .backoff = Backoff(backoff, 1, 0),
                     .log = std::move(log),
                     .interrupt = interrupt}) {
  impl_->thread = base::WaitingThread([my = impl_.get()] { my->run(); });
}

WebhookSender::~WebhookSender() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  impl_->interrupt.raise();
  impl_->changed.notify_all();
  impl_->thread.join();
}

void WebhookSender::notify() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->pushed = true;
  }
  impl_->changed.notify_all();
}

bool WebhookSender::drain(double seconds) {
  std::unique_lock lock(impl_->mutex);
  return impl_->changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                 [&] { return impl_->queue.size() == 0; });
}

WebhookCounters WebhookSender::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->counters;
}

}  // namespace faceshot::video
