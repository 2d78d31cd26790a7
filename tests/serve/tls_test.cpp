#include "serve/server/tls.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "data/test_folder.hpp"
#include "faceshot/error.hpp"

namespace faceshot::serve {
namespace {

using testing::expect_error;

TEST(Tls, FilesThatCannotServeAreNamed) {
  const testing::TestFolder folder;
  const std::string missing = (folder / "none.pem").string();
  const std::string text = (folder / "text.pem").string();
  std::ofstream(text) << "no certificate";
  expect_error(ErrorCode::io, "cannot read the TLS certificate '" + missing + "'",
               [&] { (void)make_tls_context(missing, missing); });
  expect_error(ErrorCode::format, "'" + text + "' cannot be used as the TLS certificate",
               [&] { (void)make_tls_context(text, missing); });
}

}  // namespace
}  // namespace faceshot::serve
