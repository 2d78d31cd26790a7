// A queue that is fair to those who put work into it.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace faceshot::serve {

/// A bounded queue in which each client has a line of its own. Lines are served in turn, so a
/// client that sends a thousand requests delays only itself. When all places are taken, a client
/// whose line is shorter than the longest by more than one replaces the last entry of the longest:
/// nobody can keep others out. Thread safe.
template <class Item>
class FairQueue {
 public:
  /// @param places > 0
  explicit FairQueue(std::size_t places) : places_(places) {}

  struct Pushed {
    bool taken = false;             ///< false: the queue is full, or closed
    std::optional<Item> displaced;  ///< the entry it replaced
  };
  /// @param beyond accept it even if all places are taken: for work that is part of work accepted
  ///        before
  Pushed push(const std::string& client, Item item, bool beyond = false) {
    Pushed result;
    {
      const std::lock_guard lock(mutex_);
      if (closed_ && !beyond) return result;
      if (size_ >= places_ && !beyond) {
        const std::string* const longest = longest_if_longer(client);
        if (longest == nullptr) return result;
        result.displaced = take_last(*longest);
      }
      append(client, std::move(item));
      result.taken = true;
    }
    changed_.notify_one();
    return result;
  }

  /// Whether push() would accept an item of this client now.
  [[nodiscard]] bool admits(const std::string& client) const {
    const std::lock_guard lock(mutex_);
    return !closed_ && (size_ < places_ || longest_if_longer(client) != nullptr);
  }

  /// Waits for the next item. @return nothing once the queue is closed and empty
  std::optional<Item> pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return size_ > 0 || closed_; });
    if (size_ == 0) return std::nullopt;
    const std::string client = std::move(turns_.front());
    turns_.pop_front();
    const auto it = lines_.find(client);
    std::optional<Item> item(std::move(it->second.front()));
    it->second.pop_front();
    if (it->second.empty())
      lines_.erase(it);
    else
      turns_.push_back(client);
    --size_;
    return item;
  }

  /// Accepts nothing more; waiting items are still handed out.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_all();
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return size_;
  }
  [[nodiscard]] std::size_t places() const noexcept { return places_; }

 private:
  using Line = std::deque<Item>;

  void append(const std::string& client, Item item) {
    Line& line = lines_[client];
    if (line.empty()) turns_.push_back(client);
    line.push_back(std::move(item));
    ++size_;
  }

  [[nodiscard]] const std::string* longest_if_longer(const std::string& client) const {
    const auto own = lines_.find(client);
    std::size_t longest = (own == lines_.end() ? 0 : own->second.size()) + 1;
    const std::string* owner = nullptr;
    for (const auto& [name, line] : lines_)
      if (line.size() > longest) {
        longest = line.size();
        owner = &name;
      }
    return owner;
  }

  std::optional<Item> take_last(const std::string& client) {
    const auto it = lines_.find(client);  // longer than one: it stays
    std::optional<Item> item(std::move(it->second.back()));
    it->second.pop_back();
    --size_;
    return item;
  }

  const std::size_t places_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::string, Line> lines_;  ///< none is empty
  std::list<std::string> turns_;                 ///< clients in the order in which they are served
                                                 ///< next
  std::size_t size_ = 0;
  bool closed_ = false;
};

}  // namespace faceshot::serve
