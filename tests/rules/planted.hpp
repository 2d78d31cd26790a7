// A small project in which rules can be broken.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "rules/rules.hpp"

namespace faceshot::rules {

inline std::string text_of(const Breaches& breaches) {
  std::string text;
  for (const std::string& breach : breaches) text += breach + "\n";
  return text;
}

inline const std::filesystem::path project = FACESHOT_SOURCE_DIR;

/// A small project in which a rule can be broken.
class Planted : public ::testing::Test {
 protected:
  Planted() : root_(std::filesystem::path(::testing::TempDir()) / unique_name()) {
    std::filesystem::create_directories(root_);
  }
  ~Planted() override { std::filesystem::remove_all(root_); }

  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  std::filesystem::path root_;

 private:
  static std::string unique_name() {
    return std::string("rules_") + ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }
};

}  // namespace faceshot::rules
