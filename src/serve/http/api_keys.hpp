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

/// The keys that are valid. Held and compared as SHA-256. Thread safe once made.
class ApiKeys {
 public:
  /// A line for each key: `NAME KEY`, or `NAME sha256:HEX` for who does not want it to stand there.
  /// Empty lines and lines that begin with # are passed over.
  /// @param name of the file, for messages
  /// @throws Error(format) that names the line: no name or no key, a key of less than 16 letters, a
  ///         damaged sum, a name or key twice; no keys at all
  [[nodiscard]] static ApiKeys parse(std::string_view text, const std::string& name);
  /// @throws Error as parse(); Error(not_found), Error(io)
  [[nodiscard]] static ApiKeys read(const std::filesystem::path& file);

  /// The name that the key belongs to. All keys are compared, each to its end, whatever comes of
  /// it: the time tells nothing.
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

/// The key that a request brings: `Authorization: Bearer KEY` or `X-API-Key: KEY`; empty: none.
[[nodiscard]] std::string_view key_of(const RequestHead& head);

}  // namespace faceshot::serve
