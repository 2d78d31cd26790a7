// Runs live streams from start to end: workers, housekeeping, periodic files.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/console.hpp"
#include "faceshot/error.hpp"
#include "streams/live_options.hpp"
#include "streams/live_outputs.hpp"
#include "streams/live_stream.hpp"
#include "streams/print_log.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"
#include "video/live/events/retention.hpp"
#include "video/live/live_status.hpp"
#include "video/live/schedule/detect_rate.hpp"
#include "video/live/schedule/stream_workers.hpp"
#include "video/live/utc_time.hpp"

namespace faceshot::cli {
namespace {

namespace fs = std::filesystem;

volatile std::sig_atomic_t told_to_stop = 0;

/// While it lives, SIGINT and SIGTERM request a stop; a second one ends the program immediately.
class StopSignals {
 public:
  StopSignals() {
    told_to_stop = 0;
    struct sigaction handler {};
    handler.sa_handler = [](int) { told_to_stop = 1; };
    handler.sa_flags = static_cast<int>(SA_RESETHAND);
    ::sigaction(SIGINT, &handler, &old_int_);
    ::sigaction(SIGTERM, &handler, &old_term_);
    // The reader of our output may go away; write() reports it.
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &old_pipe_);
  }
  ~StopSignals() {
    ::sigaction(SIGINT, &old_int_, nullptr);
    ::sigaction(SIGTERM, &old_term_, nullptr);
    ::sigaction(SIGPIPE, &old_pipe_, nullptr);
  }
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct sigaction old_int_ {
  }, old_term_{}, old_pipe_{};
};

std::string recording_of(const LivePlan& plan, const video::StreamSettings& stream) {
  if (plan.out.empty()) return {};
  std::error_code ignored;
  const bool folder = plan.streams.size() > 1 || fs::is_directory(plan.out, ignored) ||
                      !fs::path(plan.out).has_extension();
  return folder ? (fs::path(plan.out) / (stream.name + ".mkv")).string() : plan.out;
}

class LiveRun {
 public:
  explicit LiveRun(const LivePlan& plan)
      : plan_(plan),
        log_(print_log(plan.settings.log.value_or("text") == "json")),
        network_(open(plan)),
        events_(plan, log_),
        services_{.network = network_, .events = events_, .log = log_} {
    if (plan.local) {
      local_ = std::make_unique<LocalLook>(network_.detector);
      services_.local = local_.get();
    }
    services_.privacy = plan.settings.privacy.value_or(false);
    services_.every_frame = plan.every_frame;
    services_.snapshots = plan.settings.snapshots.value_or("");
    const double cores = number_of_cores();
    services_.most_processor = std::max(0.5, cores / static_cast<double>(plan.streams.size()));
    if (!services_.snapshots.empty()) support::make_folder(services_.snapshots);
    if (!plan.jsonl.empty()) {
      frames_ = std::make_unique<LineTarget>(plan.jsonl, log_);
      services_.frames = frames_.get();
    }
    video::WriteOptions write = plan.write;
    write.threads = 1;
    for (const video::StreamSettings& stream : plan.streams)
      streams_.push_back(
          std::make_unique<LiveStream>(stream, static_cast<std::uint32_t>(streams_.size()),
                                       services_, recording_of(plan, stream), write));
  }

  int run() {
    const StopSignals signals;
    start_ = video::monotonic_now();
    video::StreamWorkers workers(
        streams_.size(), network_.threads,
        [this](std::size_t stream) { return streams_[stream]->serve(); },
        video::thread_processor_seconds);
    const Ending ending{workers, streams_};
    for (std::size_t i = 0; i < streams_.size(); ++i)
      streams_[i]->start([&workers, i] { workers.notify(i); });
    log_({video::LogLevel::info, "", "started",
          fmt::format("{} stream{}, {} thread{}", streams_.size(), streams_.size() == 1 ? "" : "s",
                      network_.threads, network_.threads == 1 ? "" : "s")});
    keep_house(workers);
    workers.stop();
    for (const auto& stream : streams_) stream->finish();
    constexpr double goodbye = 5;  // seconds given to the webhook's receiver
    events_.finish(goodbye);
    write_status();
    tell_end();
    return exit_ok;
  }

 private:
  using Streams = std::vector<std::unique_ptr<LiveStream>>;

  /// In every case: first stop serving the streams, then waking the workers.
  struct Ending {
    video::StreamWorkers& workers;
    const Streams& streams;
    ~Ending() {
      try {
        workers.stop();
      } catch (...) {  // reported by whoever stopped them first
      }
      for (const auto& stream : streams) stream->disconnect();
    }
  };

  static TrackingNetwork open(const LivePlan& plan) {
    NetworkArguments arguments = plan.network;
    if (plan.settings.threads) arguments.threads = *plan.settings.threads;
    return open_network(arguments);
  }

  void keep_house(video::StreamWorkers& workers) {
    constexpr double step = 0.1, rate_step = 1, status_step = 5, retention_step = 60;
    double rate_at = start_ + rate_step, status_at = start_, retention_at = start_;
    const video::Interrupt never;
    while (told_to_stop == 0 && !workers.failed()) {
      never.wait(step);
      const double now = video::monotonic_now();
      if (plan_.stop_after && now - start_ >= *plan_.stop_after) break;
      for (const auto& stream : streams_) stream->tick();
      if (std::all_of(streams_.begin(), streams_.end(),
                      [](const auto& stream) { return stream->ended(); }))
        break;
      if (now >= rate_at) {
        choose_rate(workers, now - (rate_at - rate_step));
        rate_at = now + rate_step;
      }
      if (now >= retention_at) {
        remove_old();
        retention_at = now + retention_step;
      }
      if (now >= status_at) {
        write_status();
        status_at = now + status_step;
      }
    }
    // Frames that have arrived are processed before the end.
    const double until = video::monotonic_now() + 30;
    while (plan_.every_frame && told_to_stop == 0 && video::monotonic_now() < until &&
           std::any_of(streams_.begin(), streams_.end(),
                       [](const auto& stream) { return stream->pending(); }))
      never.wait(step / 10);
  }

  void choose_rate(video::StreamWorkers& workers, double passed) {
    video::LatencyHistogram latency;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      workers.charge(i, streams_[i]->decoding_seconds());
      latency.add(streams_[i]->recent_latency());
    }
    const double busy = workers.busy_seconds();
    load_ = std::clamp((busy - busy_) / (passed * network_.threads), 0.0, 1.0);
    busy_ = busy;
    if (plan_.every_frame) return;  // the sender has to wait
    const int before = rate_.every();
    rate_.update(load_, latency.quantile(0.95));
    services_.detect_every = rate_.every();
    if (rate_.every() > before && rate_.every() == 2)
      log_({video::LogLevel::info, "", "busy",
            "running the full detector on fewer frames from now on"});
  }

  void remove_old() {
    if (services_.snapshots.empty()) return;
    video::RetentionRules rules;
    if (plan_.settings.keep_days) rules.most_age = *plan_.settings.keep_days * 86400;
    if (plan_.settings.keep_size) rules.most_bytes = video::parse_bytes(*plan_.settings.keep_size);
    try {
      kept_ = video::remove_old_snapshots(services_.snapshots, rules, video::utc_now());
    } catch (const Error& e) {
      log_({video::LogLevel::error, "", "retention", e.what()});
    }
  }

  void write_status() {
    if (!plan_.settings.health && !plan_.settings.metrics) return;
    video::LiveStatus status;
    status.utc = video::utc_now();
    status.uptime = video::monotonic_now() - start_;
    for (const auto& stream : streams_) status.streams.push_back(stream->status());
    status.load = load_;
    status.detect_every = services_.detect_every;
    status.snapshots = kept_.files;
    status.snapshot_bytes = kept_.bytes;
    events_.add_to(status);
    video::read_process(status);
    try {
      if (plan_.settings.health)
        support::write_file_atomically(*plan_.settings.health, video::health_json(status));
      if (plan_.settings.metrics)
        support::write_file_atomically(*plan_.settings.metrics, video::prometheus_text(status));
      status_failed_ = false;
    } catch (const Error& e) {
      if (!std::exchange(status_failed_, true))
        log_({video::LogLevel::error, "", "cannot_write", e.what()});
    }
  }

  void tell_end() const {
    for (const auto& stream : streams_) {
      const video::StreamStatus s = stream->status();
      log_({video::LogLevel::info, s.name, "stopped",
            fmt::format("{} frames, {} detected in, {} still, {} dropped, {} faces, 95 % of frames "
                        "in {:.0f} ms",
                        s.frames, s.looks, s.still, s.source_counters.dropped, s.totals.appeared,
                        1000 * s.latency.quantile(0.95))});
    }
  }

  const LivePlan& plan_;
  video::LiveLog log_;
  TrackingNetwork network_;
  EventOutputs events_;
  std::unique_ptr<LocalLook> local_;
  std::unique_ptr<LineTarget> frames_;
  LiveServices services_;
  Streams streams_;
  video::DetectRate rate_;
  double start_ = 0, load_ = 0, busy_ = 0;
  video::RetentionReport kept_;
  bool status_failed_ = false;
};

}  // namespace

int run_live(const LivePlan& plan) {
  LiveRun run(plan);
  return run.run();
}

}  // namespace faceshot::cli
