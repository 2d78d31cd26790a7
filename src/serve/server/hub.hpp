// What a server's connections share. Internal to this folder; on the io thread only.
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

/// A connection of any protocol. The hub owns it until it is closed.
class Session : public std::enable_shared_from_this<Session> {
 public:
  virtual ~Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The server is stopping: end when the work in progress is done.
  virtual void drain() = 0;
  /// End now.
  virtual void abort() = 0;

 protected:
  Session() = default;
};

/// Bytes of bodies received and of answers not yet sent, over all connections.
struct BodyBudget {
  std::size_t used = 0, most = 0;
};

class Hub {
 public:
  Hub(Service& service, const ServerOptions& options, asio::io_context& io);

  [[nodiscard]] Service& service() { return service_; }
  [[nodiscard]] const ServerOptions& options() const { return options_; }
  [[nodiscard]] asio::io_context& io() { return io_; }
  [[nodiscard]] BodyBudget& budget() { return budget_; }
  [[nodiscard]] std::size_t sessions() const { return sessions_.size(); }
  [[nodiscard]] std::size_t streams() const { return streams_; }
  [[nodiscard]] bool draining() const { return draining_; }

  void add(const std::shared_ptr<Session>& session, bool is_stream);
  /// Afterwards the session must not use itself unless it holds a reference to itself.
  void remove(const Session& session);

  /// @param finished called when the last session has ended
  void drain(std::function<void()> finished);
  void abort();
  void release_work() { work_.reset(); }

 private:
  struct Entry {
    std::shared_ptr<Session> session;
    bool is_stream = false;
  };
  [[nodiscard]] std::vector<std::shared_ptr<Session>> all() const;
  void tell();

  Service& service_;
  const ServerOptions& options_;
  asio::executor_work_guard<IoExecutor> work_;  ///< keeps the loop running while only workers'
                                                ///< answers are pending
  asio::io_context& io_;
  BodyBudget budget_;
  std::unordered_map<const Session*, Entry> sessions_;
  std::size_t streams_ = 0;
  bool draining_ = false;
  std::function<void()> finished_;
};

/// A new connection, which adds itself to the hub.
/// @param surplus beyond the maximum: it gets a few seconds for one request; photographs are
/// answered 503.
///        Probes and metrics are answered, so that operators can see what is going on
void start_connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer,
                      bool surplus);

}  // namespace faceshot::serve
