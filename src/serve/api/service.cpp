#include "serve/api/service.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "faceshot/error.hpp"
#include "serve/api/run_guarded.hpp"
#include "serve/api/uploads.hpp"
#include "serve/http/media_type.hpp"
#include "serve/http/problem.hpp"

namespace faceshot::serve {
namespace {

using ServiceClock = std::chrono::steady_clock;

double seconds_from(ServiceClock::time_point start) {
  return std::chrono::duration<double>(ServiceClock::now() - start).count();
}

const Problem busy_problem(problem::busy, "the queue is full; try again in a moment");
const Problem stopping_problem(problem::stopping, "the server is shutting down; try another one");

/// Whether an origin such as "http://example.org:8080" is this service itself: its host is ours.
bool same_origin(const std::string& origin, const std::string& host) {
  const auto slashes = origin.find("://");
  return slashes != std::string::npos && !host.empty() &&
         lower(origin.substr(slashes + 3)) == lower(host);
}

}  // namespace

Service::Service(ServiceOptions options, Sources sources,
                 std::function<void(const std::string&)> log)
    : options_(std::move(options)),
      sources_(std::move(sources)),
      log_(std::move(log)),
      engine_(std::make_shared<Engine>(sources_.model())),
      keys_(sources_.keys ? std::make_shared<ApiKeys>(sources_.keys()) : nullptr),
      queue_(options_.places) {
  for (int i = 0; i < options_.threads; ++i) workers_.emplace_back([this] { work(); });
}

Service::~Service() {
  queue_.close();
  for (base::WaitingThread& worker : workers_) worker.join();
}

void Service::work() {
  while (std::optional<Job> job = queue_.pop()) {
    metrics_.count_stage(Stage::queue, seconds_from(job->since));
    ++busy_;
    try {
      job->run();
    } catch (const std::exception& e) {  // expected exceptions were caught inside
      log_event("a worker failed", e.what());
    }
    --busy_;
  }
}

bool Service::push(const std::string& client, Job job, bool beyond) {
  job.since = ServiceClock::now();
  auto pushed = queue_.push(client, std::move(job), beyond);
  if (pushed.displaced) pushed.displaced->refuse(busy_problem);
  return pushed.taken;
}

std::shared_ptr<const Engine> Service::engine() const {
  const std::lock_guard lock(mutex_);
  return engine_;
}

OptionLimits Service::option_limits() const {
  return {.most_side = options_.most_side,
          .most_pixels = static_cast<std::size_t>(options_.photographs.pixels)};
}

bool Service::allows_origin(const std::string& origin) const {
  return std::any_of(options_.cors_origins.begin(), options_.cors_origins.end(),
                     [&](const std::string& each) { return each == "*" || each == origin; });
}

std::optional<std::string> Service::client_of(const RequestHead& head) const {
  std::shared_ptr<const ApiKeys> keys;
  {
    const std::lock_guard lock(mutex_);
    keys = keys_;
  }
  if (!keys) return head.peer;
  const auto owner = keys->owner_of(key_of(head));
  if (!owner) return std::nullopt;
  return "key " + *owner;
}

Service::Admitted Service::admit(const RequestHead& head) const {
  const Route& route = route_of(head);
  if (head.method == "OPTIONS") return {&route, head.peer};
  std::optional<std::string> client = head.peer;
  if (route.needs_key) client = client_of(head);
  if (!client)
    throw Problem(problem::no_key,
                  "send a key that is valid as 'Authorization: Bearer KEY' or 'X-API-Key: KEY'");
  if (route.kind == RouteKind::stream) {
    if (!head.upgrade) throw Problem(problem::no_upgrade, "connect with a WebSocket");
    // Browsers let any page open a WebSocket to any host.
    if (!head.origin.empty() && !same_origin(head.origin, head.host) && !allows_origin(head.origin))
      throw Problem(problem::wrong_origin, "--cors-origin names the origins that may");
  }
  if (stopping_ && (route.posts || route.kind == RouteKind::stream)) throw stopping_problem;
  if (route.posts) {
    if (!takes_uploads_of(head.content_type))
      throw Problem(problem::wrong_type,
                    "the body must be a photograph (image/*), multipart/form-data or "
                    "application/json");
    if (!queue_.admits(*client)) throw busy_problem;
  }
  return {&route, std::move(*client)};
}

void Service::answer(const Admitted& admitted, Request request,
                     std::shared_ptr<const std::atomic<bool>> gone, Done done) {
  if (!admitted.route->posts || request.head.method == "OPTIONS") {
    done(answer_guarded(
        request.head, [&] { return simple_answer(*admitted.route, request.head); }, *this));
    return;
  }
  const auto shared = std::make_shared<Request>(std::move(request));
  const auto since = ServiceClock::now();
  const RouteKind kind = admitted.route->kind;
  Job job;
  job.run = [this, shared, gone, done, kind, client = admitted.client, since] {
    if (gone && *gone) return done(Answer{});  // nobody reads it
    const double waited = seconds_from(since);
    if (kind == RouteKind::batch) {
      try {
        return split_batch(client, *shared, gone, done);
      } catch (...) {
        return done(answer_guarded(
            shared->head, []() -> Answer { throw; }, *this));
      }
    }
    done(answer_guarded(
        shared->head,
        [&] {
          return kind == RouteKind::detect ? detect_answer(*shared, waited)
                                           : anonymize_answer(*shared, waited);
        },
        *this));
  };
  job.refuse = [this, shared, done](const Problem& why) { done(refusal(shared->head, why)); };
  if (!push(admitted.client, std::move(job)))
    done(refusal(shared->head, stopping_ ? stopping_problem : busy_problem));
}

std::shared_ptr<LiveStream> Service::open_stream(const RequestHead& head) {
  return std::make_shared<LiveStream>(parse_stream_options(head.query, option_limits()),
                                      options_.photographs, metrics_);
}

void Service::look_at_frame(const std::string& client, std::shared_ptr<LiveStream> stream,
                            Frame frame, std::function<void(std::string)> done) {
  const auto shared = std::make_shared<Frame>(std::move(frame));
  Job job;
  job.run = [this, shared, stream = std::move(stream), done] {
    done(text_guarded(
        [&] {
          return stream->look(shared->bytes, *engine(), shared->seconds, shared->number,
                              shared->dropped);
        },
        *this));
  };
  job.refuse = [this, done](const Problem& why) {
    metrics_.count_frame(true);
    done(problem_json(why, ""));
  };
  // Frames of a stream queue like photographs; if there is no place, the next frame is as good.
  auto refuse = job.refuse;
  if (!push(client, std::move(job))) refuse(stopping_ ? stopping_problem : busy_problem);
}

Answer Service::refusal(const RequestHead& head, const Problem& problem) const {
  Answer answer = answer_of(problem, head.id);
  if (problem.kind().status == 405)
    answer.headers.emplace_back("Allow", std::string(methods_of(head.path)));
  return answer;
}

void Service::add_common_headers(const RequestHead& head, Answer& answer) const {
  answer.headers.emplace_back("X-Request-Id", head.id);
  answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
  if (head.origin.empty() || !allows_origin(head.origin)) return;
  const bool any = std::find(options_.cors_origins.begin(), options_.cors_origins.end(), "*") !=
                   options_.cors_origins.end();
  answer.headers.emplace_back("Access-Control-Allow-Origin", any ? "*" : head.origin);
  answer.headers.emplace_back("Access-Control-Expose-Headers",
                              "Retry-After, Server-Timing, X-Faces, X-Request-Id");
  if (!any) answer.headers.emplace_back("Vary", "Origin");
  if (head.method != "OPTIONS") return;
  answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST");
  answer.headers.emplace_back("Access-Control-Allow-Headers",
                              "Authorization, Content-Type, X-API-Key, X-Request-Id");
  answer.headers.emplace_back("Access-Control-Max-Age", "600");
}

bool Service::reload() {
  try {
    auto fresh = std::make_shared<const Engine>(sources_.model());
    std::shared_ptr<const ApiKeys> keys;
    if (sources_.keys) keys = std::make_shared<const ApiKeys>(sources_.keys());
    {
      const std::lock_guard lock(mutex_);
      engine_.swap(fresh);
      keys_.swap(keys);
    }
    metrics_.count_reload(true);
    log_event("reloaded", engine()->info().name);
    return true;
  } catch (const std::exception& e) {
    metrics_.count_reload(false);
    log_event("reload failed", e.what());
    return false;
  }
}

void Service::begin_stopping() { stopping_ = true; }

void Service::set_connections(std::size_t connections, std::size_t streams) {
  connections_ = connections;
  streams_ = streams;
}

}  // namespace faceshot::serve
