#include "video/live/delivery/disk_queue.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <vector>

#include "faceshot/error.hpp"
#include "support/atomic_file.hpp"
#include "support/folder.hpp"

namespace faceshot::video {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t number_digits = 20, id_digits = 32;

/// 00000000000000000042-0123456789abcdef0123456789abcdef.json
std::string message_name(std::uint64_t number, const std::string& id) {
  return fmt::format("{:020}-{}.json", number, id);
}

bool is_message_name(const std::string& name) {
  constexpr std::size_t whole = number_digits + 1 + id_digits + 5;
  return name.size() == whole && name[number_digits] == '-' && name.ends_with(".json") &&
         std::all_of(name.begin(), name.begin() + number_digits,
                     [](char c) { return c >= '0' && c <= '9'; });
}

/// Unique among all messages anywhere, so it must not come from a seed.
std::string new_id() {
  std::uint64_t words[2] = {};
  if (::getrandom(words, sizeof words, 0) != static_cast<ssize_t>(sizeof words))
    throw Error(ErrorCode::io, "queue: cannot get random numbers from the system");
  return fmt::format("{:016x}{:016x}", words[0], words[1]);
}

}  // namespace

struct DiskQueue::Impl {
  struct Entry {
    std::string id;
    std::int64_t bytes = 0;
  };
  fs::path folder;
  DiskQueueLimits limits;
  int lock_file = -1;
  mutable std::mutex mutex{};
  std::map<std::uint64_t, Entry> entries{};
  std::uint64_t next = 1;
  std::int64_t bytes = 0, dropped = 0;

  [[nodiscard]] fs::path file_of(std::uint64_t number, const Entry& entry) const {
    return folder / message_name(number, entry.id);
  }
  void lock();
  void take_up();
  void forget(std::map<std::uint64_t, Entry>::iterator entry) {
    bytes -= entry->second.bytes;
    entries.erase(entry);
  }
  void trim_rejected() const;
};

void DiskQueue::Impl::lock() {
  const fs::path name = folder / "lock";
  lock_file = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (lock_file < 0)
    throw Error(ErrorCode::io, "cannot use '" + folder.string() + "': " + std::strerror(errno));
  if (::flock(lock_file, LOCK_EX | LOCK_NB) == 0) return;
  ::close(lock_file);
  throw Error(ErrorCode::io, "another process is using the queue '" + folder.string() +
                                 "'; give each its own folder");
}

void DiskQueue::Impl::take_up() {
  std::error_code failed;
  for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    // Left unfinished by a killed writer.
    if (name.find(".json.tmp-") != std::string::npos) fs::remove(at->path(), ignored);
    if (!is_message_name(name)) continue;
    const std::uint64_t number = std::strtoull(name.c_str(), nullptr, 10);
    const auto size = static_cast<std::int64_t>(at->file_size(ignored));
    entries[number] = {name.substr(number_digits + 1, id_digits), ignored ? 0 : size};
    bytes += ignored ? 0 : size;
    next = std::max(next, number + 1);
  }
  if (failed)
    throw Error(ErrorCode::io,
                "cannot read the queue '" + folder.string() + "': " + failed.message());
}

void DiskQueue::Impl::trim_rejected() const {
  constexpr std::size_t most = 1000;
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator at(folder / "rejected", failed), end; !failed && at != end;
       at.increment(failed))
    if (is_message_name(at->path().filename().string())) files.push_back(at->path());
  if (files.size() <= most) return;
  std::sort(files.begin(), files.end());
  for (std::size_t i = 0; i + most < files.size(); ++i) fs::remove(files[i], failed);
}

DiskQueue::DiskQueue(const fs::path& folder, const DiskQueueLimits& limits)
    : impl_(new Impl{.folder = folder, .limits = limits}) {
  support::make_folder(folder);
  impl_->lock();
  impl_->take_up();
}

DiskQueue::~DiskQueue() { ::close(impl_->lock_file); }

void DiskQueue::push(std::string_view body) {
  const std::lock_guard lock(impl_->mutex);
  Impl& my = *impl_;
  const std::uint64_t number = my.next++;
  const Impl::Entry entry{new_id(), static_cast<std::int64_t>(body.size())};
  support::write_file_atomically(my.file_of(number, entry), body);
  my.entries[number] = entry;
  my.bytes += entry.bytes;
  while (my.entries.size() > 1 &&
         (my.entries.size() > my.limits.most_messages || my.bytes > my.limits.most_bytes)) {
    std::error_code ignored;
    fs::remove(my.file_of(my.entries.begin()->first, my.entries.begin()->second), ignored);
    my.forget(my.entries.begin());
    ++my.dropped;
  }
}

std::optional<DiskQueue::Message> DiskQueue::front() {
  const std::lock_guard lock(impl_->mutex);
  Impl& my = *impl_;
  while (!my.entries.empty()) {
    const auto first = my.entries.begin();
    std::ifstream file(my.file_of(first->first, first->second), std::ios::binary);
    std::string body(std::istreambuf_iterator<char>(file), {});
    if (file && !body.empty()) return Message{first->first, first->second.id, std::move(body)};
    my.forget(first);
    ++my.dropped;
  }
  return std::nullopt;
}

void DiskQueue::pop(std::uint64_t number) {
  const std::lock_guard lock(impl_->mutex);
  const auto entry = impl_->entries.find(number);
  if (entry == impl_->entries.end()) return;
  std::error_code ignored;
  fs::remove(impl_->file_of(number, entry->second), ignored);
  impl_->forget(entry);
}

void DiskQueue::reject(std::uint64_t number) {
  const std::lock_guard lock(impl_->mutex);
  const auto entry = impl_->entries.find(number);
  if (entry == impl_->entries.end()) return;
  const fs::path file = impl_->file_of(number, entry->second);
  std::error_code failed;
  fs::create_directories(impl_->folder / "rejected", failed);
  fs::rename(file, impl_->folder / "rejected" / file.filename(), failed);
  if (failed) fs::remove(file, failed);
  impl_->forget(entry);
  impl_->trim_rejected();
}

std::size_t DiskQueue::size() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->entries.size();
}

std::int64_t DiskQueue::bytes() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->bytes;
}

std::int64_t DiskQueue::dropped() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->dropped;
}

}  // namespace faceshot::video
