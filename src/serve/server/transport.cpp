#include "serve/server/transport.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace faceshot::serve {
namespace {

class PlainTransport : public Transport {
 public:
  explicit PlainTransport(Socket socket) : socket_(std::move(socket)) {}

  void handshake(Handler handler) override {
    asio::post(socket_.get_executor(), [handler = std::move(handler)] { handler({}, 0); });
  }
  void read_some(asio::mutable_buffer into, Handler handler) override {
    socket_.async_read_some(into, std::move(handler));
  }
  void write_some(const std::vector<asio::const_buffer>& from, Handler handler) override {
    socket_.async_write_some(from, std::move(handler));
  }
  void shutdown_send() override {
    IoError ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }
  Socket& socket() override { return socket_; }
  [[nodiscard]] bool encrypted() const override { return false; }

 private:
  Socket socket_;
};

class TlsTransport : public Transport {
 public:
  TlsTransport(Socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  void handshake(Handler handler) override {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [handler = std::move(handler)](IoError error) { handler(error, 0); });
  }
  void read_some(asio::mutable_buffer into, Handler handler) override {
    stream_.async_read_some(into, std::move(handler));
  }
  void write_some(const std::vector<asio::const_buffer>& from, Handler handler) override {
    // One record per small piece would mean one packet each, so they are joined.
    constexpr std::size_t record = 16384;
    joined_.resize(std::min(record, asio::buffer_size(from)));
    asio::buffer_copy(asio::buffer(joined_), from);
    stream_.async_write_some(asio::buffer(joined_), std::move(handler));
  }
  void shutdown_send() override {
    // TLS's closing handshake would require waiting; answers state their length.
    IoError ignored;
    stream_.next_layer().shutdown(Socket::shutdown_send, ignored);
  }
  Socket& socket() override { return stream_.next_layer(); }
  [[nodiscard]] bool encrypted() const override { return true; }

 private:
  asio::ssl::stream<Socket> stream_;
  std::vector<unsigned char> joined_;  ///< the data being written
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(Socket socket) {
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> make_tls_transport(Socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

}  // namespace faceshot::serve
