// One HTTP connection. Internal to this folder; on the io thread only.
#pragma once

#include "serve/server/boost_config.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "serve/server/hub.hpp"

namespace faceshot::serve {

namespace http = beast::http;

/// A request's body as it arrives, for Beast's parser.
/// Memory grows with the bytes received, whatever the header claims, and is counted: a thousand
/// slow senders use no more than the budget.
struct CountedBody {
  class value_type {
   public:
    value_type() = default;
    value_type(const value_type&) = delete;
    value_type& operator=(const value_type&) = delete;
    ~value_type() { release(); }

    void count_in(BodyBudget& budget) { budget_ = &budget; }
    /// From now on everything is discarded.
    void discard() {
      release();
      bytes_ = Bytes();
      discards_ = true;
    }
    [[nodiscard]] bool fits(std::size_t more) const {
      return budget_ == nullptr || discards_ || budget_->used + more <= budget_->most;
    }
    void append(const void* data, std::size_t size) {
      if (discards_) return;
      const auto* const from = static_cast<const std::uint8_t*>(data);
      bytes_.insert(bytes_.end(), from, from + size);
      counted_ += size;
      if (budget_ != nullptr) budget_->used += size;
    }
    void reserve(std::size_t size) { bytes_.reserve(size); }
    /// The bytes stay counted as long as this object lives.
    [[nodiscard]] Bytes take() { return std::move(bytes_); }
    [[nodiscard]] std::size_t counted() const { return counted_; }

   private:
    void release() {
      if (budget_ != nullptr) budget_->used -= counted_;
      counted_ = 0;
    }

    Bytes bytes_;
    BodyBudget* budget_ = nullptr;
    std::size_t counted_ = 0;
    bool discards_ = false;
  };

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(beast::http::header<is_request, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& length, IoError& error) {
      constexpr std::uint64_t believed = 1 << 18;
      if (length) body_.reserve(static_cast<std::size_t>(std::min(*length, believed)));
      error = {};
    }
    template <class Buffers>
    std::size_t put(const Buffers& buffers, IoError& error) {
      const std::size_t size = asio::buffer_size(buffers);
      error = {};
      if (!body_.fits(size)) {
        error = boost::system::errc::make_error_code(boost::system::errc::not_enough_memory);
        return 0;
      }
      for (auto it = asio::buffer_sequence_begin(buffers); it != asio::buffer_sequence_end(buffers);
           ++it)
        body_.append(asio::const_buffer(*it).data(), asio::const_buffer(*it).size());
      return size;
    }
    void finish(IoError& error) { error = {}; }

   private:
    value_type& body_;
  };
};

using Parser = http::request_parser<CountedBody>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, IoExecutor>;

/// Reads requests one after another and writes their answers. Every step has a time limit, after
/// which the connection is answered 408 or closed.
class Connection final : public Session {
 public:
  /// @param surplus see start_connection()
  Connection(Hub& hub, std::unique_ptr<Transport> transport, std::string peer, bool surplus);

  void start();
  void drain() override;
  void abort() override;

 private:
  using Clock = std::chrono::steady_clock;
  enum class State {
    handshake,
    idle,    ///< no byte of a request yet
    header,  ///< a part of it has arrived
    body,
    working,  ///< waiting for the answer
    writing,
    ending,  ///< nothing more is sent; whatever still arrives is discarded
  };

  std::shared_ptr<Connection> self();
  void set_state(State state, int seconds);
  [[nodiscard]] int patience(int seconds) const;
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
  void count_answer(std::size_t bytes);
  void on_written(IoError error);
  void discard_body();
  void end_politely();
  void discard_bytes(std::size_t left);
  void close();

  Hub& hub_;
  Stream stream_;
  Timer timer_;
  const std::string peer_;
  const bool surplus_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  State state_ = State::handshake;
  bool timed_out_ = false;
  bool closed_ = false;

  // Of the current request.
  RequestHead head_;
  Service::Admitted admitted_;
  Clock::time_point began_{};
  std::shared_ptr<std::atomic<bool>> gone_;
  Answer answer_;
  std::string wire_;  ///< the answer's header
  std::size_t answer_bytes_ =
      0;  ///< its share of the hub's budget: clients that do not read also use memory
  bool keep_ = false;
};

/// Turns the connection into a WebSocket, which adds itself to the hub.
/// @param stream is moved from only if nothing is thrown
/// @throws Problem(bad_option)
void start_stream(Hub& hub, Stream&& stream, const http::request_header<>& request,
                  const RequestHead& head, const std::string& client);

}  // namespace faceshot::serve
