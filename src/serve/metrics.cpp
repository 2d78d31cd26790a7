#include "serve/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>

namespace faceshot::serve {
namespace {

using prometheus::BuildCounter, prometheus::BuildGauge, prometheus::BuildHistogram;

const prometheus::Histogram::BucketBoundaries second_buckets{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

template <class Builder>
auto& family(Builder builder, const char* name, const char* help, prometheus::Registry& registry) {
  return builder.Name(name).Help(help).Register(registry);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string_view to_string(Stage stage) noexcept {
  constexpr std::array<std::string_view, stage_count> names{"queue", "decode", "detect", "encode"};
  return names[static_cast<std::size_t>(stage)];
}

struct Metrics::Impl {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      family(BuildCounter(), "faceshot_requests_total", "Requests answered", registry);
  prometheus::Family<prometheus::Histogram>& request_seconds =
      family(BuildHistogram(), "faceshot_request_seconds",
             "From a request's first byte to the end of its answer", registry);
  prometheus::Family<prometheus::Counter>& problems = family(
      BuildCounter(), "faceshot_problems_total", "Requests refused, by kind of problem", registry);
  prometheus::Family<prometheus::Histogram>& stages =
      family(BuildHistogram(), "faceshot_stage_seconds", "Time of a photograph by stage", registry);
  prometheus::Counter& faces =
      family(BuildCounter(), "faceshot_faces_total", "Faces found", registry).Add({});
  prometheus::Counter& photographs =
      family(BuildCounter(), "faceshot_photographs_total", "Photographs looked at", registry)
          .Add({});
  prometheus::Family<prometheus::Counter>& frames = family(
      BuildCounter(), "faceshot_frames_total", "Frames of live streams, by outcome", registry);
  prometheus::Family<prometheus::Counter>& reloads =
      family(BuildCounter(), "faceshot_reloads_total", "Reloads of network, keys and certificate",
             registry);
  prometheus::Gauge& queued =
      family(BuildGauge(), "faceshot_queue_length", "Photographs and frames that wait", registry)
          .Add({});
  prometheus::Gauge& places =
      family(BuildGauge(), "faceshot_queue_places", "Places in the queue", registry).Add({});
  prometheus::Gauge& busy =
      family(BuildGauge(), "faceshot_workers_busy", "Workers at work", registry).Add({});
  prometheus::Gauge& workers =
      family(BuildGauge(), "faceshot_workers", "Workers", registry).Add({});
  prometheus::Gauge& connections =
      family(BuildGauge(), "faceshot_connections", "Open connections", registry).Add({});
  prometheus::Gauge& streams =
      family(BuildGauge(), "faceshot_streams", "Live streams", registry).Add({});
  prometheus::Family<prometheus::Gauge>& model =
      family(BuildGauge(), "faceshot_model_info", "The network that is loaded", registry);
  prometheus::Gauge& resident =
      family(BuildGauge(), "process_resident_memory_bytes", "Memory in use", registry).Add({});
  prometheus::Gauge& start =
      family(BuildGauge(), "process_start_time_seconds", "Start, in seconds since 1970", registry)
          .Add({});
  std::array<prometheus::Histogram*, stage_count> by_stage{};
  prometheus::Gauge* named_model = nullptr;
  std::string model_name;

  Impl() {
    for (int i = 0; i < stage_count; ++i)
      by_stage[static_cast<std::size_t>(i)] =
          &stages.Add({{"stage", std::string(to_string(static_cast<Stage>(i)))}}, second_buckets);
    start.Set(
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
  }
};

Metrics::Metrics() : impl_(new Impl) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view route, int status, double seconds) {
  const std::string name(route);
  impl_->requests.Add({{"route", name}, {"status", std::to_string(status)}}).Increment();
  impl_->request_seconds.Add({{"route", name}}, second_buckets).Observe(seconds);
}
void Metrics::count_problem(std::string_view kind) {
  impl_->problems.Add({{"kind", std::string(kind)}}).Increment();
}
void Metrics::count_stage(Stage stage, double seconds) {
  impl_->by_stage[static_cast<std::size_t>(stage)]->Observe(seconds);
}
void Metrics::count_faces(std::size_t faces) { impl_->faces.Increment(static_cast<double>(faces)); }
void Metrics::count_photograph() { impl_->photographs.Increment(); }
void Metrics::count_frame(bool dropped) {
  impl_->frames.Add({{"result", dropped ? "dropped" : "looked_at"}}).Increment();
}
void Metrics::count_reload(bool loaded) {
  impl_->reloads.Add({{"result", loaded ? "loaded" : "failed"}}).Increment();
}

std::string Metrics::text(const Levels& levels) const {
  Impl& my = *impl_;
  const auto set = [](prometheus::Gauge& gauge, std::size_t value) {
    gauge.Set(static_cast<double>(value));
  };
  set(my.queued, levels.queued);
  set(my.places, levels.places);
  set(my.busy, levels.busy);
  set(my.workers, levels.workers);
  set(my.connections, levels.connections);
  set(my.streams, levels.streams);
  my.resident.Set(resident_bytes());
  if (my.named_model == nullptr || my.model_name != levels.model) {
    if (my.named_model != nullptr) my.model.Remove(my.named_model);
    my.named_model = &my.model.Add({{"name", levels.model}});
    my.named_model->Set(1);
    my.model_name = levels.model;
  }
  return prometheus::TextSerializer().Serialize(my.registry.Collect());
}

}  // namespace faceshot::serve
