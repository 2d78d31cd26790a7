// TensorBoard's event file: `Event` messages in TensorFlow's record format.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "tensorboard/summary.hpp"

namespace faceshot::tensorboard {

/// A record: length, its checksum, the data, their checksum (TFRecord). Pure.
[[nodiscard]] std::string framed_record(std::string_view data);

/// Appends to a file of its own: several files in a folder are read as one run, in the order of
/// their names. Not thread safe.
class EventFile {
 public:
  /// Creates DIR/events.out.tfevents.SECONDS.HOST.PID.N, a new file each time.
  /// @throws Error(io)
  explicit EventFile(const std::filesystem::path& dir);

  /// Values of one step, immediately visible to readers.
  /// @throws Error(io), for example if the disk is full
  void write(std::int64_t step, std::span<const SummaryValue> values);
  void write(std::int64_t step, const SummaryValue& value) { write(step, {&value, 1}); }

  /// A network's graph, from graph_event(). @throws Error(io)
  void write_graph(std::string_view graph_def);

  /// Marks a start of the run at this step: TensorBoard drops later steps in earlier files of the
  /// folder, which a killed run leaves behind. @throws Error(io)
  void write_session_start(std::int64_t step);

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };

  void append(const WireWriter& event);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
};

}  // namespace faceshot::tensorboard
