#include "serve/server/connection.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <utility>

#include "serve/http/media_type.hpp"
#include "serve/http/query.hpp"

namespace faceshot::serve {
namespace {

constexpr std::uint32_t header_bytes = 16384;
constexpr std::size_t longest_target = 2048;
/// How much of an unwanted body is read, so that the client sees the answer.
constexpr std::size_t unwanted_bytes = 1 << 20;
constexpr int unwanted_seconds = 5;

std::string random_id() {
  std::array<unsigned char, 8> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

/// Whether a client's own id may appear in headers and logs.
bool is_request_id(std::string_view text) {
  constexpr std::size_t longest = 64;
  return text.size() <= longest && is_token(text);
}

const char* reason_of(int status) {
  const auto known = http::int_to_status(static_cast<unsigned>(status));
  if (status == 422) return "Unprocessable Content";
  return http::obsolete_reason(known).data();
}

Problem body_too_large(std::size_t most) {
  return {problem::too_large, "a request may have at most " + std::to_string(most) + " bytes"};
}

bool is_from(IoError error, http::error which) { return error == http::make_error_code(which); }

}  // namespace

Connection::Connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer,
                       bool surplus)
    : hub_(hub),
      stream_(std::move(transport)),
      timer_(hub.io().get_executor()),
      peer_(std::move(peer)),
      surplus_(surplus),
      buffer_(2 * header_bytes) {}

std::shared_ptr<Connection> Connection::self() {
  return std::static_pointer_cast<Connection>(shared_from_this());
}

void Connection::start() {
  set_state(State::handshake, patience(hub_.options().header_seconds));
  stream_.transport().handshake([self = self()](IoError error, std::size_t) {
    if (error || self->timed_out_) return self->close();
    self->wait_for_request();
  });
}

void Connection::set_state(State state, int seconds) {
  state_ = state;
  timed_out_ = false;
  if (seconds <= 0) {
    timer_.cancel();
    return;
  }
  timer_.expires_after(std::chrono::seconds(seconds));
  timer_.async_wait([weak = std::weak_ptr<Session>(shared_from_this())](IoError error) {
    const auto session = weak.lock();
    if (session && !error) static_cast<Connection&>(*session).on_time_out();
  });
}

/// Surplus connections get only a short time.
int Connection::patience(int seconds) const {
  return surplus_ ? std::min(seconds, unwanted_seconds) : seconds;
}

/// Aborts the current wait; its handler sees `timed_out_`.
void Connection::on_time_out() {
  if (closed_ || timer_.expiry() > Clock::now()) return;
  timed_out_ = true;
  IoError ignored;
  stream_.socket().cancel(ignored);
}

void Connection::wait_for_request() {
  if (closed_) return;
  if (hub_.draining()) return close();
  parser_.reset();
  gone_.reset();
  if (buffer_.size() > 0)
    return read_header();                          // the next request arrived together with this
                                                   // one
  buffer_ = beast::flat_buffer(2 * header_bytes);  // releases the memory
  set_state(State::idle, patience(hub_.options().idle_seconds));
  constexpr std::size_t first_bytes = 512;
  stream_.async_read_some(buffer_.prepare(first_bytes),
                          [self = self()](IoError error, std::size_t bytes) {
                            if (error || bytes == 0) return self->close();
                            self->buffer_.commit(bytes);
                            self->read_header();
                          });
}

void Connection::read_header() {
  began_ = Clock::now();
  parser_.emplace();
  parser_->header_limit(header_bytes);
  parser_->body_limit(hub_.service().options().max_upload);
  parser_->get().body().count_in(hub_.budget());
  set_state(State::header, patience(hub_.options().header_seconds));
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = self()](IoError error, std::size_t) { self->on_header(error); });
}

void Connection::on_header(IoError error) {
  if (closed_) return;
  begin_request();
  if (error || timed_out_) return on_bad_header(error);
  try {
    check_request();
    admitted_ = hub_.service().admit(head_);
    if (surplus_ && (head_.method == "POST" || admitted_.route->kind == RouteKind::stream))
      throw Problem(problem::busy, "too many open connections; try again in a moment");
    const std::size_t most = hub_.service().options().max_upload;
    if (parser_->content_length() && *parser_->content_length() > most) throw body_too_large(most);
  } catch (const Problem& problem) {
    return refuse(problem, true);
  }
  handle_request();
}

void Connection::on_bad_header(IoError error) {
  if (timed_out_) return refuse({problem::time_out, "the header took too long"}, false);
  if (is_from(error, http::error::body_limit))
    return refuse(body_too_large(hub_.service().options().max_upload), false);
  if (is_from(error, http::error::header_limit) || is_from(error, http::error::buffer_overflow))
    return refuse({problem::large_header, "at most " + std::to_string(header_bytes) + " bytes"},
                  false);
  if (is_from(error, http::error::bad_version))
    return refuse({problem::wrong_version, "send the request as HTTP/1.1"}, false);
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      !is_from(error, http::error::end_of_stream) && !is_from(error, http::error::partial_message))
    return refuse({problem::bad_request, "this is not HTTP: " + error.message()}, false);
  close();
}

/// From as much of the request as there is: a refusal needs an id, too.
void Connection::begin_request() {
  admitted_ = {};
  answer_ = {};
  head_ = head_of_request();
}

RequestHead Connection::head_of_request() const {
  const auto& header = parser_->get();
  const auto text = [&](http::field name) {
    const auto it = header.find(name);
    return it == header.end() ? std::string() : std::string(it->value());
  };
  RequestHead head;
  head.method = std::string(header.method_string());
  std::string_view target(header.target().data(), header.target().size());
  // The form for proxies (RFC 9112, 3.2.2): the host precedes the path.
  if (target.starts_with("http://") || target.starts_with("https://")) {
    const auto slash = target.find('/', target.find("//") + 2);
    target = slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  const auto mark = std::min(target.find('?'), target.size());
  head.path = target.substr(0, mark);
  head.query = target.substr(std::min(mark + 1, target.size()));
  head.content_type = text(http::field::content_type);
  head.accept = text(http::field::accept);
  head.authorization = text(http::field::authorization);
  head.origin = text(http::field::origin);
  head.host = text(http::field::host);
  head.if_none_match = text(http::field::if_none_match);
  if (const auto it = header.find("X-API-Key"); it != header.end())
    head.api_key = std::string(it->value());
  head.upgrade = parser_->is_header_done() && beast::websocket::is_upgrade(header);
  // Browsers cannot set headers of a WebSocket, only protocol names, so the key may be one of them.
  constexpr std::string_view key_protocol = "faceshot.key.";
  if (head.upgrade && head.api_key.empty())
    for (std::string_view list = header[http::field::sec_websocket_protocol]; !list.empty();) {
      const auto comma = std::min(list.find(','), list.size());
      const std::string_view name = trimmed(list.substr(0, comma));
      if (name.starts_with(key_protocol)) {
        // Some characters of base64 are not allowed there.
        const std::string_view key = name.substr(key_protocol.size());
        head.api_key = key.find('%') == std::string_view::npos ? std::string(key)
                                                               : percent_decoded(key).value_or("");
      }
      list.remove_prefix(std::min(comma + 1, list.size()));
    }
  if (const auto it = header.find("X-Request-Id"); it != header.end())
    head.id = std::string(it->value());
  if (!is_request_id(head.id)) head.id = random_id();
  head.peer = peer_;
  return head;
}

/// HTTP's own requirements. @throws Problem
void Connection::check_request() const {
  const auto& header = parser_->get();
  const auto count = [&](http::field name) {
    const auto range = header.equal_range(name);
    return std::distance(range.first, range.second);
  };
  if (header.target().size() > longest_target)
    throw Problem(problem::long_path, "at most " + std::to_string(longest_target) + " letters");
  if (header.version() != 11 && header.version() != 10)
    throw Problem(problem::wrong_version, "send the request as HTTP/1.1");
  if (count(http::field::host) > 1 || (header.version() == 11 && count(http::field::host) == 0))
    throw Problem(problem::bad_request, "exactly one Host header is required");
  // Ambiguous ends of bodies are how requests are smuggled past a proxy.
  if (count(http::field::transfer_encoding) > 0 &&
      (!parser_->chunked() || parser_->content_length() || header.version() == 10))
    throw Problem(problem::bad_request, "the only Transfer-Encoding is chunked, without a length");
  // "5, 5" may be read as 5 (RFC 9110, 8.6), but is rarely sent for a good reason.
  const std::string_view length = header[http::field::content_length];
  if (count(http::field::content_length) > 1 ||
      length.find_first_not_of("0123456789") != std::string_view::npos)
    throw Problem(problem::bad_request, "Content-Length must be a single number");
  const std::string expect = lower(std::string_view(header[http::field::expect]));
  if (!expect.empty() && expect != "100-continue")
    throw Problem(problem::wrong_expect,
                  "the only expectation known is 100-continue; omit the header");
}

void Connection::handle_request() {
  keep_ = parser_->get().keep_alive() && !surplus_;
  if (admitted_.route->kind == RouteKind::stream && head_.method == "GET") return become_stream();
  if (admitted_.route->posts && head_.method == "POST") return read_body();
  // A GET with a body is answered; its body is not read.
  if (!parser_->is_done()) keep_ = false;
  work();
}

void Connection::become_stream() {
  if (hub_.streams() >= hub_.options().max_streams)
    return refuse({problem::busy, "too many open streams; try again later"}, true);
  try {
    timer_.cancel();
    closed_ = true;  // no more is read on this connection
    const auto keep = self();
    if (buffer_.size() > 0)
      throw Problem(problem::bad_request, "wait for the answer before sending frames");
    start_stream(hub_, std::move(stream_), parser_->get(), head_, admitted_.client);
    hub_.remove(*this);
  } catch (const Problem& problem) {
    closed_ = false;
    refuse(problem, true);
  }
}

void Connection::read_body() {
  set_state(State::body, hub_.options().body_seconds);
  const auto read = [self = self()] {
    http::async_read(self->stream_, self->buffer_, *self->parser_,
                     [self](IoError error, std::size_t) { self->on_body(error); });
  };
  if (parser_->get()[http::field::expect].empty() || parser_->is_done()) return read();
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on.data(), go_on.size()),
                    [self = self(), read](IoError error, std::size_t) {
                      if (error || self->timed_out_) return self->close();
                      read();
                    });
}

void Connection::on_body(IoError error) {
  if (closed_) return;
  if (timed_out_) return refuse({problem::time_out, "the body took too long"}, false);
  if (!error) return work();
  if (is_from(error, http::error::body_limit))
    return refuse(body_too_large(hub_.service().options().max_upload), false);
  if (error == boost::system::errc::not_enough_memory)
    return refuse({problem::busy, "too many uploads at once; try again in a moment"}, false);
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      !is_from(error, http::error::partial_message))
    return refuse({problem::bad_request, "the body is damaged: " + error.message()}, false);
  close();
}

void Connection::work() {
  set_state(State::working, 0);
  gone_ = std::make_shared<std::atomic<bool>>(false);
  if (admitted_.route->posts) watch_for_end();
  Request request{head_, parser_->get().body().take()};
  hub_.service().answer(admitted_, std::move(request), gone_,
                        [weak = std::weak_ptr<Session>(shared_from_this()), gone = gone_,
                         executor = stream_.get_executor()](Answer answer) {
                          asio::post(executor, [weak, gone, answer = std::move(answer)]() mutable {
                            const auto session = weak.lock();
                            if (!session || *gone) return;
                            auto& connection = static_cast<Connection&>(*session);
                            connection.write(std::move(answer), connection.keep_);
                          });
                        });
}

/// If the client disconnects, the work need not be done.
void Connection::watch_for_end() {
  stream_.socket().async_wait(Socket::wait_read, [self = self(), gone = gone_](IoError error) {
    if (error || self->gone_ != gone || self->state_ != State::working) return;
    char byte = 0;
    IoError failed;
    self->stream_.socket().non_blocking(true, failed);
    const std::size_t seen =
        self->stream_.socket().receive(asio::buffer(&byte, 1), Socket::message_peek, failed);
    if (seen > 0 || failed == asio::error::would_block) return;
    *gone = true;
    self->hub_.service().log_request(
        self->head_, Answer{.status = 499},
        {.seconds = std::chrono::duration<double>(Clock::now() - self->began_).count(),
         .bytes_in = self->parser_->get().body().counted(),
         .broken = true});
    self->close();
  });
}

void Connection::refuse(const Problem& problem, bool keep) {
  if (problem.kind().status == 408 && state_ == State::idle) return close();
  // A body that is small enough is read and dropped, and the connection continues.
  // Before the header is complete, the parser must not be queried for more.
  if (parser_ && parser_->is_header_done()) {
    const bool waits = !parser_->get()[http::field::expect].empty();
    const auto length = parser_->content_length();
    const bool small = length && *length <= unwanted_bytes && !waits;
    keep = keep && !surplus_ && (parser_->is_done() || small) && parser_->get().keep_alive();
  } else {
    keep = false;
  }
  write(hub_.service().refusal(head_, problem), keep);
}

void Connection::write(Answer answer, bool keep) {
  if (closed_) return;
  if (state_ == State::working) {
    IoError ignored;
    stream_.socket().cancel(ignored);  // cancels the watch
  }
  keep_ = keep && !hub_.draining();
  answer_ = std::move(answer);
  hub_.service().add_common_headers(head_, answer_);
  wire_ = "HTTP/1.1 " + std::to_string(answer_.status) + " " + reason_of(answer_.status) + "\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    wire_.append(name).append(": ").append(value).append("\r\n");
  };
  if (!answer_.content_type.empty()) add("Content-Type", answer_.content_type);
  if (answer_.status != 204 && answer_.status != 304)
    add("Content-Length", std::to_string(answer_.body.size()));
  for (const auto& [name, value] : answer_.headers) add(name, value);
  if (!keep_)
    add("Connection", "close");
  else if (parser_ && parser_->get().version() == 10)
    add("Connection", "keep-alive");
  wire_ += "\r\n";
  if (head_.method == "HEAD") answer_.body.clear();
  count_answer(answer_.body.size());
  set_state(State::writing, hub_.options().body_seconds);
  const std::array<asio::const_buffer, 2> pieces{asio::buffer(wire_), asio::buffer(answer_.body)};
  asio::async_write(stream_, pieces,
                    [self = self()](IoError error, std::size_t) { self->on_written(error); });
}

void Connection::count_answer(std::size_t bytes) {
  hub_.budget().used += bytes - answer_bytes_;
  answer_bytes_ = bytes;
}

void Connection::on_written(IoError error) {
  if (closed_) return;
  count_answer(0);
  const bool broken = error || timed_out_;
  hub_.service().log_request(
      head_, answer_,
      {.seconds = std::chrono::duration<double>(Clock::now() - began_).count(),
       .bytes_in = parser_ ? parser_->get().body().counted() : 0,
       .bytes_out = wire_.size() + answer_.body.size(),
       .broken = broken});
  answer_ = {};
  if (broken) return close();
  if (!keep_) return end_politely();
  if (parser_->is_done()) return wait_for_request();
  discard_body();
}

void Connection::discard_body() {
  set_state(State::ending, unwanted_seconds);
  parser_->get().body().discard();
  http::async_read(stream_, buffer_, *parser_, [self = self()](IoError error, std::size_t) {
    if (error || self->timed_out_) return self->close();
    self->wait_for_request();
  });
}

/// Closing while bytes arrive would reset the connection, and the client might never see the
/// answer.
void Connection::end_politely() {
  set_state(State::ending, unwanted_seconds);
  stream_.transport().shutdown_send();
  buffer_ = beast::flat_buffer(2 * header_bytes);
  discard_bytes(unwanted_bytes);
}

void Connection::discard_bytes(std::size_t left) {
  constexpr std::size_t piece = 8192;
  buffer_.clear();
  stream_.socket().async_read_some(
      buffer_.prepare(piece), [self = self(), left](IoError error, std::size_t bytes) {
        if (error || self->timed_out_ || self->closed_ || bytes >= left) return self->close();
        self->discard_bytes(left - bytes);
      });
}

void Connection::drain() {
  if (state_ == State::idle || state_ == State::handshake || state_ == State::ending) close();
}

void Connection::abort() { close(); }

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  if (gone_) *gone_ = true;
  count_answer(0);
  timer_.cancel();
  IoError ignored;
  stream_.socket().close(ignored);
  hub_.remove(*this);
}

void start_connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer,
                      bool surplus) {
  const auto connection =
      std::make_shared<Connection>(hub, std::move(transport), std::move(peer), surplus);
  hub.add(connection, false);
  connection->start();
}

}  // namespace faceshot::serve
