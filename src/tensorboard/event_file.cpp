#include "tensorboard/event_file.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "faceshot/error.hpp"
#include "support/folder.hpp"
#include "tensorboard/crc32c.hpp"

namespace faceshot::tensorboard {
namespace {

double seconds_now() {
  using std::chrono::duration;
  return duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

WireWriter event_at(double seconds, std::int64_t step) {
  WireWriter event;
  event.real(1, seconds);
  if (step != 0) event.integer(2, static_cast<std::uint64_t>(step));
  return event;
}

}  // namespace

std::string framed_record(std::string_view data) {
  std::string record = little_endian(data.size(), 8);
  record += little_endian(masked_crc32c(record), 4);
  record += data;
  return record + little_endian(masked_crc32c(data), 4);
}

EventFile::EventFile(const std::filesystem::path& dir) {
  static std::atomic<int> count{0};
  support::make_folder(dir);
  path_ =
      dir / ("events.out.tfevents." + std::to_string(static_cast<std::int64_t>(seconds_now())) +
             "." + host_name() + "." + std::to_string(::getpid()) + "." + std::to_string(count++));
  file_.reset(std::fopen(path_.c_str(), "wbx"));
  if (!file_)
    throw Error(ErrorCode::io,
                "cannot create '" + path_.string() + "': " + std::string(std::strerror(errno)));
  append(event_at(seconds_now(), 0).bytes(3, "brain.Event:2"));
}

void EventFile::write(std::int64_t step, std::span<const SummaryValue> values) {
  WireWriter summary;
  for (const SummaryValue& value : values) summary.message(1, value);
  append(event_at(seconds_now(), step).message(5, summary));
}

void EventFile::write_graph(std::string_view graph_def) {
  append(event_at(seconds_now(), 0).bytes(4, graph_def));
}

void EventFile::write_session_start(std::int64_t step) {
  constexpr std::uint64_t start = 1;  // SessionLog.SessionStatus
  append(event_at(seconds_now(), step).message(7, WireWriter().integer(1, start)));
}

void EventFile::append(const WireWriter& event) {
  const std::string record = framed_record(event.text());
  if (std::fwrite(record.data(), 1, record.size(), file_.get()) != record.size() ||
      std::fflush(file_.get()) != 0)
    throw Error(ErrorCode::io,
                "cannot write '" + path_.string() + "': " + std::string(std::strerror(errno)));
}

}  // namespace faceshot::tensorboard
