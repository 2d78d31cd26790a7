// What the connections of a server share. Internal to this folder; on the io thread alone.
#pragma once

#include "serve/server/boost_config.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <unordered_map>

#include "serve/api/service.hpp"
#include "serve/server/server.hpp"
#include "serve/server/transport.hpp"

namespace faceshot::serve {

/// A connection, whatever is spoken on it. The hub owns it until it is closed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The server stops: end when what is under way is done.
  virtual void drain() = 0;
  /// End now.
  virtual void abort() = 0;

 protected:
  Session() = default;
};

/// Bytes of bodies that are here, of all connections.
struct BodyBudget {
  std::size_t used = 0, most = 0;
};

class Hub {
 public:
  Hub(Service& service, const ServerOptions& options, asio::io_context& io)
      : service_(service), options_(options), work_(io.get_executor()), io_(io) {
    budget_.most = options.body_memory;
  }

  [[nodiscard]] Service& service() { return service_; }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] asio::io_context& io() { return io_; }
  [[nodiscard]] BodyBudget& budget() { return budget_; }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] std::size_t streams() const { return streams_; }
  [[nodiscard]] bool draining() const { return draining_; }

  void add(const std::shared_ptr<Session>& session, bool is_stream) {
    sessions_.emplace(session.get(), Entry{session, is_stream});
    streams_ += is_stream ? 1 : 0;
    tell();
  }
  /// The session must not touch itself afterwards unless it holds itself.
  void remove(const Session& session) {
    const auto it = sessions_.find(&session);
    if (it == sessions_.end()) return;
    streams_ -= it->second.is_stream ? 1 : 0;
    const auto keep = std::move(it->second.session);
    sessions_.erase(it);
    tell();
    if (draining_ && sessions_.empty()) finished_();
  }

  /// @param finished called when the last session has ended
  void drain(std::function<void()> finished) {
    draining_ = true;
    finished_ = std::move(finished);
    if (sessions_.empty()) return finished_();
    for (const auto& session : all()) session->drain();
  }
  void abort() {
    for (const auto& session : all()) session->abort();
  }
  void release_work() { work_.reset(); }

 private:
  struct Entry {
    std::shared_ptr<Session> session;
    bool is_stream = false;
  };
  [[nodiscard]] std::vector<std::shared_ptr<Session>> all() const {
    std::vector<std::shared_ptr<Session>> result;
    for (const auto& [key, entry] : sessions_) result.push_back(entry.session);
    return result;
  }
  void tell() { service_.set_connections(sessions_.size(), streams_); }

  Service& service_;
  const ServerOptions& options_;
  asio::executor_work_guard<IoExecutor> work_;  ///< workers answer when nothing else is waited for
  asio::io_context& io_;
  BodyBudget budget_;
  std::unordered_map<const Session*, Entry> sessions_;
  std::size_t streams_ = 0;
  bool draining_ = false;
  std::function<void()> finished_;
};

/// A new connection, which adds itself to the hub.
void start_connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer);

}  // namespace faceshot::serve
