// Who may use the service: API keys, compared in constant time.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "serve/http/message.hpp"

namespace faceshot::serve {

/// The valid keys. Stored and compared as SHA-256. Immutable and thread safe.
class ApiKeys {
 public:
  /// One line per key: `NAME KEY`, or `NAME sha256:HEX` to avoid storing the key itself. Empty
  /// lines and lines that begin with # are skipped.
  /// @param name of the file, for messages
  /// @throws Error(format) naming the line: no name or no key, a key of fewer than 16 characters, a
  ///         damaged hash, a repeated name or key; no keys at all
  [[nodiscard]] static ApiKeys parse(std::string_view text, const std::string& name);
  /// @throws Error as parse(); Error(not_found), Error(io)
  [[nodiscard]] static ApiKeys read(const std::filesystem::path& file);

  /// The name that the key belongs to. Always compares all keys, each to its end, so the time
  /// reveals nothing.
  [[nodiscard]] std::optional<std::string> owner_of(std::string_view key) const;
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Entry {
    std::string name;
    Digest digest;
  };
  std::vector<Entry> entries_;
};

/// A request's key: `Authorization: Bearer KEY` or `X-API-Key: KEY`; empty: none.
[[nodiscard]] std::string_view key_of(const RequestHead& head);

}  // namespace faceshot::serve
