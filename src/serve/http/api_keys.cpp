#include "serve/http/api_keys.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "faceshot/error.hpp"
#include "serve/http/media_type.hpp"

namespace faceshot::serve {
namespace {

constexpr std::string_view digest_prefix = "sha256:";

std::array<std::uint8_t, 32> digest_of(std::string_view key) {
  std::array<std::uint8_t, 32> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return digest;
}

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<std::array<std::uint8_t, 32>> parse_digest(const std::string& hex) {
  std::array<std::uint8_t, 32> digest{};
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return digest;
}

}  // namespace

ApiKeys ApiKeys::parse(std::string_view text, const std::string& name) {
  constexpr std::size_t shortest = 16;
  ApiKeys keys;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto fail = [&](const std::string& why) {
      throw Error(ErrorCode::format, name + ":" + std::to_string(number) + ": " + why);
    };
    std::istringstream words(line);
    std::string owner, key, more;
    words >> owner >> key >> more;
    if (owner.empty() || owner.front() == '#') continue;
    if (key.empty() || !more.empty())
      fail("a line is a name and a key, as in 'camera-3 k7Qm...' (openssl rand -hex 24 makes one)");
    Entry entry{owner, {}};
    if (key.starts_with(digest_prefix)) {
      const auto digest = parse_digest(lower(key.substr(digest_prefix.size())));
      if (!digest) fail("sha256: must be followed by 64 hexadecimal digits");
      entry.digest = *digest;
    } else {
      if (key.size() < shortest)
        fail("a key needs at least 16 characters (openssl rand -hex 24 makes one)");
      entry.digest = digest_of(key);
    }
    for (const Entry& other : keys.entries_)
      if (other.name == owner || other.digest == entry.digest)
        fail(other.name == owner ? "the name '" + owner + "' appears twice"
                                 : "the key of '" + other.name + "' appears twice");
    keys.entries_.push_back(std::move(entry));
  }
  if (keys.entries_.empty()) throw Error(ErrorCode::format, name + ": there are no keys in it");
  return keys;
}

ApiKeys ApiKeys::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    throw Error(ErrorCode::not_found, "cannot read the API keys in '" + file.string() + "'");
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad()) throw Error(ErrorCode::io, "cannot read '" + file.string() + "'");
  return parse(text, file.string());
}

std::optional<std::string> ApiKeys::owner_of(std::string_view key) const {
  const Digest digest = digest_of(key);
  const Entry* found = nullptr;
  for (const Entry& entry : entries_)
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), digest.size()) == 0) found = &entry;
  if (found == nullptr) return std::nullopt;
  return found->name;
}

std::string_view key_of(const RequestHead& head) {
  constexpr std::string_view scheme = "bearer ";
  const std::string_view header = head.authorization;
  if (header.size() > scheme.size() && lower(header.substr(0, scheme.size())) == scheme)
    return trimmed(header.substr(scheme.size()));
  return head.api_key;
}

}  // namespace faceshot::serve
