// The service on sockets: HTTP/1.1 and WebSocket, plain or by TLS, on one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "serve/api/service.hpp"

namespace faceshot::serve {

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< address to listen at
  int port = 8080;                 ///< 0: any that is free
  std::vector<int> inherited{};    ///< sockets that listen already (systemd); empty: host and port
  std::string tls_certificate;     ///< PEM, with its chain; empty: no TLS
  std::string tls_key;             ///< PEM
  std::size_t max_connections = 10'000;
  std::size_t max_streams = 64;
  std::size_t body_memory = 512'000'000;  ///< bytes of all bodies that are here at a time
  int idle_seconds = 75;                  ///< between requests
  int header_seconds = 10;  ///< for a header, from its first byte, and for TLS' handshake
  int body_seconds = 60;    ///< for a body, and for an answer to be taken
  int drain_seconds = 30;   ///< at the end, for what is under way
};

/// Runs on the thread that calls run(): all sockets, none of the work. SIGTERM and SIGINT stop it
/// (a second one at once), SIGHUP reads network, keys and certificate anew.
class Server {
 public:
  /// Listens. @throws Error(io) if the address is taken or cannot be had, Error(invalid_argument)
  /// for a host that is no address; Error(format) for a certificate or key that OpenSSL refuses
  Server(std::unique_ptr<Service> service, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Where it listens: "http://127.0.0.1:8080".
  [[nodiscard]] std::vector<std::string> addresses() const;

  /// Serves until it is stopped and what was under way has been answered, or the time for that is
  /// over. Not more than once.
  void run();

  /// As SIGTERM. From any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::serve
