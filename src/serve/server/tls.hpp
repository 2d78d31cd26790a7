// The certificate and key of the server. Internal to this folder.
#pragma once

#include "serve/server/boost_config.hpp"

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace faceshot::serve {

/// TLS 1.2 and 1.3 with OpenSSL's default ciphers, HTTP/1.1 by ALPN, no renegotiation.
/// @param certificate PEM, with its chain @param key PEM
/// @throws Error(io) for an unreadable file, Error(format) for one that is not a certificate or
/// key; both name it
[[nodiscard]] std::shared_ptr<boost::asio::ssl::context> make_tls_context(
    const std::string& certificate, const std::string& key);

}  // namespace faceshot::serve
