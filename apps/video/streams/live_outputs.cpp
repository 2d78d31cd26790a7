#include "streams/live_outputs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

#include "faceshot/error.hpp"
#include "support/folder.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string secret_of(const video::LiveSettings& settings) {
  if (!settings.webhook_secret_file) return from_environment("FACESHOT_WEBHOOK_SECRET");
  std::ifstream file(*settings.webhook_secret_file);
  std::string secret(std::istreambuf_iterator<char>(file), {});
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (secret.empty())
    throw Error(ErrorCode::not_found, "no signing key in '" + *settings.webhook_secret_file +
                                          "'; create one with: openssl rand -hex 32");
  return secret;
}

fs::path queue_folder(const video::LiveSettings& settings) {
  if (settings.webhook_queue) return *settings.webhook_queue;
  // systemd's StateDirectory=; the first of several.
  const std::string state = from_environment("STATE_DIRECTORY");
  if (!state.empty()) return fs::path(state.substr(0, state.find(':'))) / "webhook";
  const std::string xdg = from_environment("XDG_STATE_HOME");
  if (!xdg.empty()) return fs::path(xdg) / "faceshot" / "webhook";
  const std::string home = from_environment("HOME");
  if (home.empty())
    throw Error(ErrorCode::invalid_argument,
                "undelivered webhook events need a folder; give --webhook-queue");
  return fs::path(home) / ".local" / "state" / "faceshot" / "webhook";
}

}  // namespace

struct LineTarget::Lock {
  std::mutex mutex;
};

LineTarget::LineTarget(const std::string& name, video::LiveLog log)
    : name_(name), log_(std::move(log)), lock_(new Lock) {
  if (name == "-") return;
  support::make_folder(fs::path(name).parent_path());
  file_ = ::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) throw Error(ErrorCode::io, "cannot write '" + name + "': " + std::strerror(errno));
}

LineTarget::~LineTarget() {
  if (file_ != STDOUT_FILENO) ::close(file_);
}

void LineTarget::write(std::string line) {
  line += '\n';
  const std::lock_guard lock(lock_->mutex);
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      if (errno == EPIPE) std::raise(SIGTERM);  // the reader is gone: stop
      if (!std::exchange(failing_, true))
        log_({video::LogLevel::error, "", "cannot_write",
              "cannot write '" + name_ + "': " + std::strerror(errno)});
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  failing_ = false;
}

struct EventOutputs::Impl {
  bool counts_alone = false;
  video::LiveLog log;
  std::unique_ptr<LineTarget> lines{};
  video::Interrupt interrupt{};
  std::unique_ptr<video::DiskQueue> queue{};
  std::unique_ptr<video::WebhookSender> sender{};  // destroyed before the queue
};

EventOutputs::EventOutputs(const LivePlan& plan, video::LiveLog log)
    : impl_(new Impl{.counts_alone = plan.settings.privacy.value_or(false), .log = log}) {
  const video::LiveSettings& settings = plan.settings;
  if (settings.events) impl_->lines = std::make_unique<LineTarget>(*settings.events, log);
  if (!settings.webhook) return;
  video::Post post = video::curl_post(*settings.webhook, impl_->interrupt);
  std::string secret = secret_of(settings);
  if (secret.empty())
    log({video::LogLevel::warning, "", "webhook_unsigned",
         "events are not signed, so the receiver cannot tell them from forged ones; give "
         "--webhook-secret-file"});
  impl_->queue = std::make_unique<video::DiskQueue>(queue_folder(settings));
  constexpr video::BackoffOptions pauses{.first = 0.5, .most = 30, .growth = 2};
  impl_->sender = std::make_unique<video::WebhookSender>(
      *impl_->queue, std::move(post), std::move(secret), pauses, log, impl_->interrupt);
}

EventOutputs::~EventOutputs() = default;

void EventOutputs::tell(const video::Event& event) {
  if (impl_->counts_alone && event.kind != video::EventKind::counts) return;
  const std::string line = video::event_json(event);
  if (impl_->lines) impl_->lines->write(line);
  if (!impl_->queue) return;
  try {
    impl_->queue->push(line);
  } catch (const Error& e) {  // a full disk, for example: the camera continues
    impl_->log({video::LogLevel::error, event.stream, "cannot_write", e.what()});
  }
  impl_->sender->notify();
}

void EventOutputs::finish(double seconds) {
  if (!impl_->sender) return;
  // Does not wait for a receiver that is unreachable.
  constexpr double first = 0.5;
  const std::int64_t failures = impl_->sender->counters().failures;
  if (impl_->sender->drain(first)) return;
  if (impl_->sender->counters().failures == failures && impl_->queue->size() > 0 &&
      impl_->sender->drain(seconds))
    return;
  impl_->log({video::LogLevel::warning, "", "webhook_waiting",
              std::to_string(impl_->queue->size()) +
                  " events are still waiting on disk for the webhook's "
                  "receiver; they will be sent next time"});
}

void EventOutputs::add_to(video::LiveStatus& status) const {
  if (!impl_->queue) return;
  const video::WebhookCounters counters = impl_->sender->counters();
  status.has_webhook = true;
  status.queued = static_cast<std::int64_t>(impl_->queue->size());
  status.dropped = impl_->queue->dropped();
  status.sent = counters.sent;
  status.send_failures = counters.failures;
  status.rejected = counters.rejected;
}

}  // namespace faceshot::cli
