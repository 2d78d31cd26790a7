#include "serve/server/tls.hpp"

#include <fstream>

#include "faceshot/error.hpp"

namespace faceshot::serve {
namespace {

namespace ssl = boost::asio::ssl;

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static constexpr unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* selected = nullptr;
  if (SSL_select_next_proto(&selected, length, ours, sizeof ours, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *chosen = selected;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

std::shared_ptr<ssl::context> make_tls_context(const std::string& certificate,
                                               const std::string& key) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections release their buffers.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  // A key with a pass phrase would otherwise prompt for it.
  context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return ""; });
  // OpenSSL's own message ("asio.ssl error") is of no help.
  const auto check = [](const boost::system::error_code& error, const std::string& file,
                        const std::string& what) {
    if (!error) return;
    if (!std::ifstream(file).good())
      throw Error(ErrorCode::io, "cannot read the TLS " + what + " '" + file + "'");
    throw Error(ErrorCode::format, "'" + file + "' cannot be used as the TLS " + what +
                                       " (PEM, no pass phrase): " + error.message());
  };
  boost::system::error_code error;
  context->use_certificate_chain_file(certificate, error);
  check(error, certificate, "certificate");
  context->use_private_key_file(key, ssl::context::pem, error);
  check(error, key, "private key");
  return context;
}

}  // namespace faceshot::serve
