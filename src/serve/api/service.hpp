// What the service does with a request, without sockets: authorisation, options, queueing, the
// answer.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/waiting_thread.hpp"
#include "serve/api/engine.hpp"
#include "serve/api/live_stream.hpp"
#include "serve/api/look.hpp"
#include "serve/api/routes.hpp"
#include "serve/fair_queue.hpp"
#include "serve/http/api_keys.hpp"
#include "serve/http/message.hpp"
#include "serve/metrics.hpp"

namespace faceshot::serve {

struct ServiceOptions {
  int threads = 1;                      ///< photographs at once, > 0
  std::size_t places = 32;              ///< in the queue, > 0
  std::size_t batch = 64;               ///< maximum number of photographs per request
  std::size_t max_upload = 20'000'000;  ///< bytes of a body
  int most_side = 2048;                 ///< maximum of the option max_side
  PhotographLimits photographs{};
  std::vector<std::string> cors_origins;  ///< whose pages may read answers; "*": all
};

/// Thread safe except where stated. Workers run as long as it exists.
class Service {
 public:
  /// Sources of what may be reloaded.
  struct Sources {
    std::function<LoadedModel()> model;  ///< may throw Error
    std::function<ApiKeys()> keys;       ///< null: no keys are required
  };
  /// Loads the network. @param log receives one JSON object per call, without a line break; called
  /// from any thread @throws Error as `sources` do
  Service(ServiceOptions options, Sources sources, std::function<void(const std::string&)> log);
  ~Service();  ///< finishes waiting work, and ends the workers
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  /// A request that may go on to its body, or become a WebSocket.
  struct Admitted {
    const Route* route = nullptr;
    std::string client;  ///< for the queue: the key's owner, or the address
  };
  /// Everything that can be checked before the body has arrived. @throws Problem
  [[nodiscard]] Admitted admit(const RequestHead& head) const;

  using Done = std::function<void(Answer)>;
  /// Answers a request, now or later: `done` is called exactly once, from any thread.
  /// @param gone set by the caller when nobody waits for the answer any more
  void answer(const Admitted& admitted, Request request,
              std::shared_ptr<const std::atomic<bool>> gone, Done done);

  /// A new stream. @throws Problem(bad_option)
  [[nodiscard]] std::shared_ptr<LiveStream> open_stream(const RequestHead& head);
  /// Processes a frame when its turn comes. One at a time per stream.
  /// @param done receives a line of JSON, possibly a problem's. Called exactly once
  struct Frame {
    Bytes bytes;
    double seconds = 0;
    std::int64_t number = 0, dropped = 0;
  };
  void look_at_frame(const std::string& client, std::shared_ptr<LiveStream> stream, Frame frame,
                     std::function<void(std::string)> done);

  /// The answer that reports a problem.
  [[nodiscard]] Answer refusal(const RequestHead& head, const Problem& problem) const;
  /// Adds the headers of every answer: the request's id, CORS, restrictions for browsers.
  void add_common_headers(const RequestHead& head, Answer& answer) const;

  /// An answer was sent: counts and logs it.
  struct Sent {
    double seconds = 0;
    std::size_t bytes_in = 0, bytes_out = 0;
    bool broken = false;  ///< the client disconnected before the end
  };
  void log_request(const RequestHead& head, const Answer& answer, const Sent& sent);
  void log_event(const std::string& event, const std::string& detail) const;

  /// Reloads network and keys; requests in progress finish with the old ones. If it fails,
  /// everything stays as it is, and the log says why. Only one call at a time. @return whether it
  /// succeeded
  bool reload();

  /// From now on /readyz answers no, and no new work is accepted.
  void begin_stopping();

  void set_connections(std::size_t connections, std::size_t streams);
  [[nodiscard]] const ServiceOptions& options() const noexcept { return options_; }
  [[nodiscard]] bool stopping() const noexcept { return stopping_; }

 private:
  struct Job {
    std::function<void()> run;
    std::function<void(const Problem&)> refuse;
    std::chrono::steady_clock::time_point since{};
  };
  struct Batch;

  void work();
  bool push(const std::string& client, Job job, bool beyond = false);
  [[nodiscard]] std::shared_ptr<const Engine> engine() const;
  [[nodiscard]] OptionLimits option_limits() const;
  [[nodiscard]] Answer simple_answer(const Route& route, const RequestHead& head) const;
  [[nodiscard]] Answer asset_answer(const RequestHead& head) const;
  [[nodiscard]] Answer model_answer() const;
  [[nodiscard]] Answer detect_answer(Request& request, double waited);
  [[nodiscard]] Answer anonymize_answer(Request& request, double waited);
  void split_batch(const std::string& client, Request& request,
                   const std::shared_ptr<const std::atomic<bool>>& gone, const Done& done);
  [[nodiscard]] std::optional<std::string> client_of(const RequestHead& head) const;
  [[nodiscard]] bool allows_origin(const std::string& origin) const;

  const ServiceOptions options_;
  const Sources sources_;
  const std::function<void(const std::string&)> log_;
  Metrics metrics_;
  mutable std::mutex mutex_;  ///< of the two below
  std::shared_ptr<const Engine> engine_;
  std::shared_ptr<const ApiKeys> keys_;
  FairQueue<Job> queue_;
  std::atomic<std::size_t> busy_{0}, connections_{0}, streams_{0};
  std::atomic<bool> stopping_{false};
  std::vector<base::WaitingThread> workers_;
};

}  // namespace faceshot::serve
