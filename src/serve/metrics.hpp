// What operators count: metrics in Prometheus' text format.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace faceshot::serve {

enum class Stage { queue, decode, detect, encode };
inline constexpr int stage_count = 4;
[[nodiscard]] std::string_view to_string(Stage stage) noexcept;

/// What is so at the moment at which metrics are read.
struct Levels {
  std::size_t queued = 0;  ///< photographs and frames that wait
  std::size_t places = 0;  ///< in the queue
  std::size_t busy = 0;    ///< workers at work
  std::size_t workers = 0;
  std::size_t connections = 0;
  std::size_t streams = 0;
  std::string model;  ///< name of the network
};

/// Thread safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// A request that was answered. @param route a path of the service, never a client's own text
  void count_request(std::string_view route, int status, double seconds);
  /// @param kind of ProblemKind::name
  void count_problem(std::string_view kind);
  void count_stage(Stage stage, double seconds);
  void count_faces(std::size_t faces);
  void count_photograph();
  void count_frame(bool dropped);
  void count_reload(bool loaded);

  /// The text format, version 0.0.4.
  [[nodiscard]] std::string text(const Levels& levels) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::serve
