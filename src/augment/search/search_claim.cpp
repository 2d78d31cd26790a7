#include "augment/search/search_claim.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"

namespace faceshot::augment::search {
namespace {

namespace fs = std::filesystem;

std::string first_line(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

/// Distinguishes a process from a later one with the same id. Empty: there is no such process.
std::string start_of(const std::string& process) {
  std::string line = first_line("/proc/" + process + "/stat");
  const std::size_t name = line.rfind(')');  // it may contain anything
  if (name == std::string::npos) return "";
  std::string field;
  std::size_t at = name + 1;
  for (int i = 3; i <= 22; ++i) {  // proc(5): starttime is the 22nd
    at = line.find_first_not_of(' ', at);
    if (at == std::string::npos) return "";
    const std::size_t end = std::min(line.find(' ', at), line.size());
    field = line.substr(at, end - at);
    if (i == 3 && field == "Z") return "";  // dead, but not yet waited for
    at = end;
  }
  return field;
}

/// Identifies the scope of process ids.
std::string machine() {
  std::error_code failed;
  const fs::path space = fs::read_symlink("/proc/self/ns/pid", failed);
  const std::string boot = first_line("/proc/sys/kernel/random/boot_id");
  return failed || boot.empty() ? "" : boot + " " + space.string();
}

nlohmann::json parsed(const std::string& content) {
  return nlohmann::json::parse(content, nullptr, false);
}

std::string text_at(const nlohmann::json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key].is_string() ? json[key] : "";
}

std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Changes whenever the file is renewed.
std::string time_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return "";
  return std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
}

}  // namespace

Claim::Claim(fs::path file, std::string content, int generation, int failures,
             std::chrono::milliseconds heartbeat)
    : file_(std::move(file)),
      content_(std::move(content)),
      generation_(generation),
      failures_(failures),
      renewing_([this, heartbeat] {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, heartbeat, [this] { return over_; }))
          ::utimensat(AT_FDCWD, file_.c_str(), nullptr, 0);  // if it fails once, the next call may
                                                             // not
      }) {}

Claim::~Claim() {
  try {
    if (!ended_) end("released");
  } catch (const Error&) {  // others will see that nobody renews it
  }
}

void Claim::finish() { end("finished"); }

void Claim::fail(const std::string& why) {
  auto json = parsed(content_);
  json["why"] = why;
  content_ = json.dump();
  end("failed");
}

void Claim::end(const std::string& state) {
  ended_ = true;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  if (renewing_.joinable()) renewing_.join();
  auto json = parsed(content_);
  json["state"] = state;
  support::write_file_atomically(file_, json.dump() + "\n");
}

ClaimBoard::ClaimBoard(fs::path folder, std::string worker, ClaimTimes times)
    : folder_(std::move(folder)), worker_(std::move(worker)), times_(times) {}

std::unique_ptr<Claim> ClaimBoard::take(const std::string& name) {
  int generation = 0, failures = 0;
  fs::path last;
  std::string content;
  for (;; ++generation) {
    const fs::path next = folder_ / (name + "." + std::to_string(generation + 1));
    std::error_code ignored;
    if (!fs::exists(next, ignored)) break;
    last = next;
    content = content_of(last);
    if (text_at(parsed(content), "state") == "failed") ++failures;
  }
  if (generation > 0) {
    const std::string state = text_at(parsed(content), "state");
    if (state == "finished") return nullptr;
    if (state != "released" && state != "failed" && !dead(last, content)) return nullptr;
  }
  const std::string process = std::to_string(::getpid());
  const nlohmann::ordered_json json{{"worker", worker_},
                                    {"state", "held"},
                                    {"machine", machine()},
                                    {"process", process},
                                    {"started", start_of(process)}};
  const fs::path mine = folder_ / (name + "." + std::to_string(generation + 1));
  if (!support::write_file_once(mine, json.dump() + "\n")) return nullptr;
  return std::make_unique<Claim>(mine, json.dump(), generation + 1, failures, times_.heartbeat);
}

bool ClaimBoard::dead(const fs::path& file, const std::string& content) {
  const auto json = parsed(content);
  const std::string here = machine();
  const std::string process = text_at(json, "process");
  if (!here.empty() && text_at(json, "machine") == here && !process.empty() &&
      start_of(process) != text_at(json, "started"))
    return true;
  const std::string time = time_of(file);
  const auto now = std::chrono::steady_clock::now();
  Seen& seen = seen_.try_emplace(file.string(), Seen{time, {}, now}).first->second;
  if (time != seen.time) {
    seen = {time, {}, now};
  } else {
    seen.still += std::min<std::chrono::nanoseconds>(now - seen.last, times_.heartbeat);
    seen.last = now;
  }
  return seen.still > times_.stale;
}

}  // namespace faceshot::augment::search
