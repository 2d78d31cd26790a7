// One HTTP connection. Internal to this folder; on the io thread alone.
#pragma once

#include "serve/server/boost_config.hpp"

#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "serve/server/body.hpp"
#include "serve/server/hub.hpp"

namespace faceshot::serve {

namespace http = beast::http;
using Parser = http::request_parser<CountedBody>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// Reads requests one after another and writes their answers. What it waits for has an end: each
/// step has a time, after which the connection is answered 408 or closed.
class Connection final : public Session {
 public:
  Connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer);

  void start();
  void drain() override;
  void abort() override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State {
    handshake,
    idle,    ///< no byte of a request yet
    header,  ///< some of them
    body,
    working,  ///< the answer is being made
    writing,
    ending,  ///< nothing more is said; what still comes is thrown away
  };

  std::shared_ptr<Connection> self();
  void set_state(State state, int seconds);
  void on_time_out();

  void wait_for_request();
  void read_header();
  void on_header(IoError error);
  void on_bad_header(IoError error);
  void begin_request();
  [[nodiscard]] RequestHead head_of_request() const;
  void check_request() const;
  void handle_request();
  void become_stream();
  void read_body();
  void on_body(IoError error);
  void work();
  void watch_for_end();

  void refuse(const Problem& problem, bool keep);
  void write(Answer answer, bool keep);
  void on_written(IoError error);
  void discard_body();
  void end_politely();
  void discard_bytes(std::size_t left);
  void close();

  Hub& hub_;
  Stream stream_;
  Timer timer_;
  const std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  State state_ = State::handshake;
  bool timed_out_ = false;
  bool closed_ = false;

  // Of the request that is under way.
  RequestHead head_;
  Service::Admitted admitted_;
  Clock::time_point began_{};
  std::shared_ptr<std::atomic<bool>> gone_;
  Answer answer_;
  std::string wire_;  ///< the answer's header
  bool keep_ = false;
};

/// The connection becomes a WebSocket; it adds itself to the hub.
/// @param stream is taken only if nothing is thrown
/// @throws Problem(bad_option)
void start_stream(Hub& hub, Stream&& stream, const http::request_header<>& request,
                  const RequestHead& head, const std::string& client);

}  // namespace faceshot::serve
