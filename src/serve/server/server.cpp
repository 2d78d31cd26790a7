#include "serve/server/server.hpp"

#include "base/waiting_thread.hpp"
#include "serve/server/boost_config.hpp"

#include <sys/resource.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <utility>

#include "faceshot/error.hpp"
#include "serve/server/connection.hpp"
#include "serve/server/systemd.hpp"
#include "serve/server/tls.hpp"

namespace faceshot::serve {
namespace {

using asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<tcp, IoExecutor>;

/// The client's name for the queue: its address; for IPv6 the network, which usually is one
/// household.
std::string peer_name(const tcp::endpoint& peer) {
  const auto address = peer.address();
  if (!address.is_v6()) return address.to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  auto bytes = v6.to_bytes();
  constexpr std::ptrdiff_t network = 8;
  std::fill(bytes.begin() + network, bytes.end(), static_cast<unsigned char>(0));
  return asio::ip::address_v6(bytes).to_string() + "/64";
}

/// Raises the limit of file descriptors as far as the system permits: each connection needs one.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

/// Connections beyond --max-connections that still get an answer.
constexpr std::size_t most_surplus = 64;

}  // namespace

struct Server::Impl {
  Impl(std::unique_ptr<Service> owned, ServerOptions o)
      : options(std::move(o)),
        service(std::move(owned)),
        hub(std::make_unique<Hub>(*service, options, io)),
        signals(io.get_executor()),
        deadline(io.get_executor()),
        pause(io.get_executor()) {
    allow_many_files();
    if (!options.tls_certificate.empty())
      tls = make_tls_context(options.tls_certificate, options.tls_key);
    if (options.inherited.empty())
      listen();
    else
      inherit();
  }
  ~Impl() {
    if (reloader.joinable()) reloader.join();
    service.reset();  // workers end while their answers can still be delivered
  }

  void listen() {
    IoError error;
    const auto address =
        asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
    if (error)
      throw Error(ErrorCode::invalid_argument,
                  "--host '" + options.host +
                      "' is not an address; 127.0.0.1 is this machine alone, 0.0.0.0 or :: all");
    const tcp::endpoint endpoint(address, static_cast<unsigned short>(options.port));
    Acceptor acceptor(io.get_executor());
    acceptor.open(endpoint.protocol());
    acceptor.set_option(Acceptor::reuse_address(true));
    acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(Acceptor::max_listen_connections, error);
    if (error)
      throw Error(ErrorCode::io, "cannot listen at " + options.host + " port " +
                                     std::to_string(options.port) + ": " + error.message() +
                                     "; name another with --port");
    acceptors.push_back(std::move(acceptor));
  }

  void inherit() {
    for (const int file : options.inherited) {
      sockaddr_storage name{};
      socklen_t length = sizeof name;
      int listens = 0;
      socklen_t size = sizeof listens;
      if (::getsockname(file, reinterpret_cast<sockaddr*>(&name), &length) != 0 ||
          (name.ss_family != AF_INET && name.ss_family != AF_INET6) ||
          ::getsockopt(file, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0)
        throw Error(ErrorCode::invalid_argument,
                    "the socket that systemd hands over does not listen for TCP; ListenStream= "
                    "names a port");
      Acceptor acceptor(io.get_executor());
      acceptor.assign(name.ss_family == AF_INET ? tcp::v4() : tcp::v6(), file);
      acceptors.push_back(std::move(acceptor));
    }
  }

  void accept(Acceptor& acceptor) {
    acceptor.async_accept(
        [this, &acceptor](IoError error, tcp::socket::rebind_executor<IoExecutor>::other socket) {
          if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
          if (error) {
            // Most likely no descriptor is free; there may be one soon.
            constexpr auto moment = std::chrono::milliseconds(50);
            pause.expires_after(moment);
            pause.async_wait([this, &acceptor](IoError) {
              if (acceptor.is_open()) accept(acceptor);
            });
            return;
          }
          welcome(std::move(socket));
          accept(acceptor);
        });
  }

  void welcome(Socket socket) {
    IoError error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    if (hub->sessions() >= options.max_connections + most_surplus) return;
    const bool surplus = hub->sessions() >= options.max_connections;
    auto transport =
        tls ? make_tls_transport(std::move(socket), *tls) : make_plain_transport(std::move(socket));
    start_connection(*hub, std::move(transport), peer_name(peer), surplus);
  }

  void wait_for_signals() {
    signals.async_wait([this](IoError error, int number) {
      if (error) return;
      if (number == SIGHUP)
        reload();
      else if (hub->draining())
        hub->abort();
      else
        begin_stop();
      wait_for_signals();
    });
  }

  /// In the background: requests continue with the current state.
  void reload() {
    if (reloading) {  // the files may have changed since: reload once more afterwards
      reload_again = true;
      return;
    }
    reloading = true;
    if (reloader.joinable()) reloader.join();
    notify_systemd("RELOADING=1");
    reloader = base::WaitingThread([this] {
      std::shared_ptr<asio::ssl::context> fresh;
      try {
        if (tls) fresh = make_tls_context(options.tls_certificate, options.tls_key);
      } catch (const Error& e) {
        service->log_event("reload failed", e.what());
      }
      service->reload();
      asio::post(io, [this, fresh] {
        if (fresh) tls = fresh;
        notify_systemd("READY=1");
        reloading = false;
        if (std::exchange(reload_again, false)) reload();
      });
    });
  }

  void begin_stop() {
    if (hub->draining()) return;
    notify_systemd("STOPPING=1");
    service->log_event("stopping", "");
    service->begin_stopping();
    IoError ignored;
    for (Acceptor& acceptor : acceptors) acceptor.close(ignored);
    deadline.expires_after(std::chrono::seconds(options.drain_seconds));
    deadline.async_wait([this](IoError error) {
      if (!error) hub->abort();
    });
    hub->drain([this] {
      // Deferred, since the last session is still being removed.
      asio::post(io, [this] {
        signals.cancel();
        deadline.cancel();
        hub->release_work();
      });
    });
  }

  const ServerOptions options;
  asio::io_context io{1};
  std::unique_ptr<Service> service;
  std::unique_ptr<Hub> hub;
  std::vector<Acceptor> acceptors;
  std::shared_ptr<asio::ssl::context> tls;
  asio::basic_signal_set<IoExecutor> signals;
  Timer deadline, pause;
  base::WaitingThread reloader;
  bool reloading = false, reload_again = false;
};

Server::Server(std::unique_ptr<Service> service, ServerOptions options)
    : impl_(new Impl(std::move(service), std::move(options))) {}
Server::~Server() = default;

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> result;
  for (const Acceptor& acceptor : impl_->acceptors) {
    IoError error;
    const auto endpoint = acceptor.local_endpoint(error);
    const std::string address = endpoint.address().to_string();
    result.push_back((impl_->tls ? "https://" : "http://") +
                     (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" +
                     std::to_string(endpoint.port()));
  }
  return result;
}

void Server::run() {
  Impl& my = *impl_;
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) my.signals.add(number);
  my.wait_for_signals();
  for (Acceptor& acceptor : my.acceptors) my.accept(acceptor);
  notify_systemd("READY=1");
  for (const std::string& address : addresses()) my.service->log_event("listening", address);
  my.io.run();
  my.service->log_event("stopped", "");
}

void Server::stop() {
  asio::post(impl_->io, [this] { impl_->begin_stop(); });
}

}  // namespace faceshot::serve
