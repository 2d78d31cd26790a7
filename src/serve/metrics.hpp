// Metrics for operators, in Prometheus' text format.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace faceshot::serve {

enum class Stage { queue, decode, detect, encode };
inline constexpr int stage_count = 4;
[[nodiscard]] std::string_view to_string(Stage stage) noexcept;

/// The state at the time when metrics are read.
struct Levels {
  std::size_t queued = 0;  ///< waiting photographs and frames
  std::size_t places = 0;  ///< in the queue
  std::size_t busy = 0;    ///< working threads
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

  /// An answered request. @param route a path of the service, never the client's text
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
