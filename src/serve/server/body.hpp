// A request's body as it comes in, for Beast's parser. Internal to this folder.
#pragma once

#include "serve/server/boost_config.hpp"

#include <algorithm>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include "serve/http/message.hpp"
#include "serve/server/hub.hpp"

namespace faceshot::serve {

/// Memory grows with what has come, whatever the header claims, and is counted: a thousand slow
/// senders take no more than the budget.
struct CountedBody {
  class value_type {
   public:
    value_type() = default;
    value_type(const value_type&) = delete;
    value_type& operator=(const value_type&) = delete;
    ~value_type() { release(); }

    void count_in(BodyBudget& budget) { budget_ = &budget; }
    /// From now on nothing is kept.
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
    /// They stay counted as long as this lives.
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

}  // namespace faceshot::serve
