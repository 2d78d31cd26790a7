// The service on sockets: HTTP/1.1 and WebSocket, plain or over TLS, on one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "serve/api/service.hpp"

namespace faceshot::serve {

struct ServerOptions {
  std::string host = "127.0.0.1";  ///< address to listen on
  int port = 8080;                 ///< 0: any free one
  std::vector<int> inherited{};    ///< listening sockets (from systemd); empty: use host and port
  std::string tls_certificate;     ///< PEM, with its chain; empty: no TLS
  std::string tls_key;             ///< PEM
  std::size_t max_connections = 10'000;
  std::size_t max_streams = 64;
  std::size_t body_memory = 512'000'000;  ///< maximum bytes of all bodies in memory
  int idle_seconds = 75;                  ///< between requests
  int header_seconds = 10;  ///< for a header, from its first byte, and for the TLS handshake
  int body_seconds = 60;    ///< for a body, and for an answer to be received
  int drain_seconds = 30;   ///< when stopping, for work in progress
};

/// Runs on the thread that calls run(): all sockets, none of the work. SIGTERM and SIGINT stop it
/// (a second one immediately), SIGHUP reloads network, keys and certificate.
class Server {
 public:
  /// Listens. @throws Error(io) if the address is in use or not available, Error(invalid_argument)
  /// for a host that is not an address; Error(format) for a certificate or key that OpenSSL rejects
  Server(std::unique_ptr<Service> service, ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Its addresses: "http://127.0.0.1:8080".
  [[nodiscard]] std::vector<std::string> addresses() const;

  /// Serves until it is stopped and work in progress has been answered, or the time for that is
  /// over. Call it at most once.
  void run();

  /// Same as SIGTERM. From any thread.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace faceshot::serve
