#include "data/export/npz.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "data/test_folder.hpp"

namespace faceshot::data {
namespace {

using testing::expect_error;
using testing::read_all;
using testing::TestFolder;

PreparedSet set_of(int images) {
  PreparedSet set;
  for (int i = 0; i < images; ++i) {
    set.records.push_back({std::to_string(i) + ".jpg", 64, 48, {}});
    set.records.back().annotations.resize(static_cast<std::size_t>(i % 4));
    for (geometry::Annotation& a : set.records.back().annotations)
      a.box = {1, 2, 3, static_cast<float>(i)};
  }
  return set;
}

TEST(Npz, AFailureHalfWayLeavesTheFileThatWasThere) {
  const TestFolder folder;
  const auto file = folder.write("set.npz", "of yesterday");
  // More than any buffer holds, so that part of it is already written when it fails.
  const NpzPixels pixels{1024, 1024, [](std::size_t i) {
                           if (i == 5) throw Error(ErrorCode::not_found, "image 5 is missing");
                           return cv::Mat(1024, 1024, CV_8UC3, cv::Scalar::all(7));
                         }};
  expect_error(ErrorCode::not_found, "image 5", [&] { write_npz(file, set_of(8), pixels); });
  EXPECT_EQ(read_all(file), "of yesterday");
  EXPECT_EQ(folder.list(), std::vector<std::string>{"set.npz"});
}

TEST(Npz, WhatCannotBeWrittenIsNamed) {
  const TestFolder folder;
  folder.write("taken.npz/inside", "a folder in its place");
  expect_error(ErrorCode::io, "taken.npz", [&] { write_npz(folder / "taken.npz", set_of(1)); });
  expect_error(ErrorCode::invalid_argument, "UTF-8", [&] {
    PreparedSet set = set_of(1);
    set.records[0].image = "\xff.jpg";
    write_npz(folder / "name.npz", set);
  });
  // An overlong form of '/', and half of a surrogate pair.
  for (const char* const name : {"\xc0\xaf.jpg", "\xed\xa0\x80.jpg"})
    expect_error(ErrorCode::invalid_argument, "UTF-8", [&] {
      PreparedSet set = set_of(1);
      set.records[0].image = name;
      write_npz(folder / "name.npz", set);
    });
  EXPECT_EQ(folder.list(), std::vector<std::string>{"taken.npz"});
}

TEST(Npz, WritersOfOneFileDoNotDisturbEachOther) {
  const TestFolder folder;
  const PreparedSet few = set_of(3), many = set_of(30'000);
  write_npz(folder / "few.npz", few);
  write_npz(folder / "many.npz", many);
  const std::string wanted_few = read_all(folder / "few.npz");
  const std::string wanted_many = read_all(folder / "many.npz");
  ASSERT_NE(wanted_few, wanted_many);
  for (int round = 0; round < 10; ++round) {
    std::thread other([&] { write_npz(folder / "one.npz", many); });
    EXPECT_NO_THROW(write_npz(folder / "one.npz", few));
    other.join();
    const std::string found = read_all(folder / "one.npz");
    EXPECT_TRUE(found == wanted_few || found == wanted_many) << found.size() << " bytes";
  }
  EXPECT_EQ(folder.list(), (std::vector<std::string>{"few.npz", "many.npz", "one.npz"}));
}

}  // namespace
}  // namespace faceshot::data
