// Helpers for testing errors.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "faceshot/error.hpp"

namespace faceshot::testing {

/// The message of the Error that `body` throws, which must have this code and be one line. If it
/// throws none, the test fails, and this is empty.
template <class Body>
std::string refusal(ErrorCode code, const Body& body) {
  try {
    body();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << "more than one line";
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace faceshot::testing
