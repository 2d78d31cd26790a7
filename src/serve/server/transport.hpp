// One connection's bytes, plain or over TLS, behind one type: HTTP and WebSocket are compiled once
// for both. Internal to this folder.
#pragma once

#include "serve/server/boost_config.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace faceshot::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
using IoError = boost::system::error_code;
using IoExecutor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, IoExecutor>;

/// On the io thread only.
class Transport {
 public:
  using Handler = std::function<void(IoError, std::size_t)>;

  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// The TLS handshake; does nothing without TLS. @param handler is called with 0 bytes
  virtual void handshake(Handler handler) = 0;
  virtual void read_some(asio::mutable_buffer into, Handler handler) = 0;
  virtual void write_some(const std::vector<asio::const_buffer>& from, Handler handler) = 0;
  /// Signals that nothing more will be sent, as far as possible without waiting.
  virtual void shutdown_send() = 0;
  [[nodiscard]] virtual Socket& socket() = 0;
  [[nodiscard]] virtual bool encrypted() const = 0;

 protected:
  Transport() = default;
};

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(Socket socket);
[[nodiscard]] std::unique_ptr<Transport> make_tls_transport(Socket socket,
                                                            asio::ssl::context& context);

/// A Transport as an AsyncStream, the concept of asio and Beast.
class Stream {
 public:
  using executor_type = IoExecutor;

  explicit Stream(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}

  [[nodiscard]] executor_type get_executor() { return transport_->socket().get_executor(); }
  [[nodiscard]] Transport& transport() { return *transport_; }
  [[nodiscard]] Socket& socket() { return transport_->socket(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    asio::mutable_buffer first;
    for (auto it = asio::buffer_sequence_begin(buffers);
         it != asio::buffer_sequence_end(buffers) && first.size() == 0; ++it)
      first = *it;
    return asio::async_initiate<Token, void(IoError, std::size_t)>(
        [this](auto handler, asio::mutable_buffer into) {
          transport_->read_some(into, shared_handler(std::move(handler)));
        },
        token, first);
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    std::vector<asio::const_buffer> all;
    for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
         ++it)
      all.emplace_back(*it);
    return asio::async_initiate<Token, void(IoError, std::size_t)>(
        [this](auto handler, std::vector<asio::const_buffer> from) {
          transport_->write_some(from, shared_handler(std::move(handler)));
        },
        token, std::move(all));
  }

 private:
  /// Beast's handlers are move-only; std::function requires copyable ones.
  template <class Handler>
  static Transport::Handler shared_handler(Handler handler) {
    auto shared = std::make_shared<Handler>(std::move(handler));
    return [shared](IoError error, std::size_t bytes) { (*shared)(error, bytes); };
  }

  std::unique_ptr<Transport> transport_;
};

// How Beast closes a connection: found by argument-dependent lookup.

inline void beast_close_socket(Stream& stream) {
  IoError ignored;
  stream.socket().close(ignored);
}
inline void teardown(beast::role_type, Stream& stream, IoError& error) {
  stream.transport().shutdown_send();
  error = {};
}
template <class Handler>
void async_teardown(beast::role_type, Stream& stream, Handler&& handler) {
  stream.transport().shutdown_send();
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable { handler(IoError{}); });
}

}  // namespace faceshot::serve
