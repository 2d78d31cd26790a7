// A WebSocket (RFC 6455): frames in, faces out.
#include "serve/server/boost_config.hpp"

#include <algorithm>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <utility>

#include "serve/http/problem.hpp"
#include "serve/server/connection.hpp"

namespace faceshot::serve {
namespace {

namespace websocket = beast::websocket;

/// At most one frame is being processed and one is waiting: if a client sends faster, older frames
/// are dropped, and it sees the present. The next frame is processed when the last answer has been
/// sent, so that a slow reader slows down only itself.
class StreamConnection final : public Session {
 public:
  StreamConnection(Hub& hub, Stream&& stream, const RequestHead& head, std::string client,
                   std::shared_ptr<LiveStream> live)
      : hub_(hub),
        socket_(std::move(stream)),
        head_(head),
        client_(std::move(client)),
        live_(std::move(live)) {}

  void start(http::request_header<> header) {
    request_.base() = std::move(header);
    websocket::stream_base::timeout times{};
    times.handshake_timeout = std::chrono::seconds(hub_.options().header_seconds);
    times.idle_timeout = std::chrono::seconds(hub_.options().idle_seconds);
    times.keep_alive_pings = true;
    socket_.set_option(times);
    socket_.read_message_max(longest_frame());
    const bool named =
        std::string_view(request_[http::field::sec_websocket_protocol]).find("faceshot") !=
        std::string_view::npos;
    socket_.set_option(websocket::stream_base::decorator(
        [named, id = head_.id](websocket::response_type& response) {
          if (named) response.set(http::field::sec_websocket_protocol, "faceshot");
          response.set("X-Request-Id", id);
        }));
    socket_.async_accept(request_, [self = self()](IoError error) {
      if (error) return self->end();
      self->read();
    });
  }

  void drain() override {
    if (closing_) return;
    closing_ = true;
    if (!writing_) say_goodbye();
  }
  void abort() override { end(); }

 private:
  std::shared_ptr<StreamConnection> self() {
    return std::static_pointer_cast<StreamConnection>(shared_from_this());
  }

  /// A stream holds up to three frames: one arriving, one waiting, one being processed.
  [[nodiscard]] std::size_t longest_frame() const {
    const std::size_t share =
        hub_.options().body_memory / (2 * std::max<std::size_t>(1, hub_.options().max_streams));
    return std::min(hub_.service().options().max_upload, share);
  }

  void read() {
    socket_.async_read(incoming_, [self = self()](IoError error, std::size_t) {
      if (error || self->ended_) return self->end();
      self->on_message();
      if (!self->ended_) self->read();
    });
  }

  void on_message() {
    if (!socket_.got_binary()) {
      incoming_.clear();
      return send(problem_json({problem::bad_body, "frames are binary messages"}, ""));
    }
    const auto* const data = static_cast<const std::uint8_t*>(incoming_.data().data());
    Service::Frame frame;
    frame.bytes.assign(data, data + incoming_.size());
    incoming_.clear();
    frame.number = ++frames_;
    frame.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    if (waiting_) ++dropped_;
    waiting_ = std::move(frame);
    look();
  }

  void look() {
    if (looking_ || writing_ || closing_ || !waiting_) return;
    looking_ = true;
    Service::Frame frame = std::move(*waiting_);
    waiting_.reset();
    frame.dropped = std::exchange(dropped_, 0);
    hub_.service().look_at_frame(client_, live_, std::move(frame),
                                 [weak = std::weak_ptr<Session>(shared_from_this()),
                                  executor = socket_.get_executor()](std::string text) {
                                   asio::post(executor, [weak, text = std::move(text)]() mutable {
                                     const auto session = weak.lock();
                                     if (!session) return;
                                     auto& stream = static_cast<StreamConnection&>(*session);
                                     stream.looking_ = false;
                                     stream.send(std::move(text));
                                   });
                                 });
  }

  void send(std::string text) {
    if (ended_) return;
    if (writing_) return;  // another problem while one is being written
    writing_ = true;
    outgoing_ = std::move(text);
    socket_.text(true);
    socket_.async_write(asio::buffer(outgoing_), [self = self()](IoError error, std::size_t) {
      if (error || self->ended_) return self->end();
      self->writing_ = false;
      if (self->closing_) return self->say_goodbye();
      self->look();
    });
  }

  void say_goodbye() {
    socket_.async_close(websocket::close_code::going_away,
                        [self = self()](IoError) { self->end(); });
  }

  void end() {
    if (ended_) return;
    ended_ = true;
    beast_close_socket(socket_.next_layer());
    Answer answer{.status = 101};
    hub_.service().log_request(
        head_, answer,
        {.seconds =
             std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count()});
    hub_.remove(*this);
  }

  Hub& hub_;
  websocket::stream<Stream> socket_;
  beast::flat_buffer incoming_;
  http::request<http::empty_body> request_;
  const RequestHead head_;
  const std::string client_;
  const std::shared_ptr<LiveStream> live_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::optional<Service::Frame> waiting_;
  std::string outgoing_;
  std::int64_t frames_ = 0, dropped_ = 0;
  bool looking_ = false, writing_ = false, closing_ = false, ended_ = false;
};

}  // namespace

void start_stream(Hub& hub, Stream&& stream, const http::request_header<>& request,
                  const RequestHead& head, const std::string& client) {
  auto live = hub.service().open_stream(head);  // may throw; nothing was moved from yet
  const auto session =
      std::make_shared<StreamConnection>(hub, std::move(stream), head, client, std::move(live));
  hub.add(session, true);
  session->start(request);
}

}  // namespace faceshot::serve
